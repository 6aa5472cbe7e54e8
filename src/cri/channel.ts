import {
  type CallOptions,
  type ChannelOptions,
  Client,
  credentials,
  type MethodDefinition,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import type { Clock } from '../base/index.ts';
import type { CallName, Invoke, RequestOf, ResponseOf } from './calls.ts';
import { type Deadlines, deadlineMs } from './deadlines.ts';
import { socketPathOf } from './endpoint.ts';
import { criError } from './failure.ts';
import { CRI_PROTO, loadService } from './proto.ts';

const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;

/** Reconnection is quick, so that a restarted runtime is found at once; a Unix socket costs nothing to try. */
const CHANNEL: ChannelOptions = {
  'grpc.max_receive_message_length': MESSAGE_LIMIT_BYTES,
  'grpc.max_send_message_length': MESSAGE_LIMIT_BYTES,
  'grpc.default_authority': 'localhost',
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

export function openClient(socketPath: string): Client {
  return new Client(`unix:${socketPath}`, credentials.createInsecure(), CHANNEL);
}

export interface ChannelSettings {
  /** Path of the socket or `unix:///path`; USAGE is thrown for anything else. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** A connection to the runtime. It connects by itself, again and again; a call without a connection fails at once. */
export function openChannel(settings: ChannelSettings): { invoke: Invoke; close(): void } {
  const socketPath = socketPathOf(settings.endpoint);
  const client = openClient(socketPath);
  const methods = criMethods();

  const invoke = <C extends CallName>(
    call: C,
    request: RequestOf<C>,
    { signal }: { signal?: AbortSignal } = {},
  ) => {
    const deadline = deadlineMs(call, request, settings.deadlines);
    // Options name a time of day, which gRPC turns back into a time span at once.
    const options = deadline === undefined ? {} : { deadline: settings.clock.nowMs() + deadline };
    return unary<ResponseOf<C>>(client, { method: methodOf(methods, call), request, options, signal }).catch(
      (failure) => {
        throw criError(failure, { call, socketPath, cancelledByUs: signal?.aborted === true });
      },
    );
  };
  return { invoke, close: () => client.close() };
}

interface UnaryCall {
  readonly method: MethodDefinition<unknown, unknown>;
  readonly request: unknown;
  readonly options: CallOptions;
  readonly signal: AbortSignal | undefined;
}

/** Settles with the answer, or rejects with gRPC's status. */
function unary<A>(client: Client, { method, request, options, signal }: UnaryCall): Promise<A> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject({ code: status.CANCELLED, details: 'cancelled before it was sent' });
    const cancel = (): void => pending.cancel();
    const pending = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      options,
      (error, answer) => {
        signal?.removeEventListener('abort', cancel);
        if (error === null) resolve(answer as A);
        else reject(error);
      },
    );
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

function criMethods(): ServiceDefinition {
  return {
    ...loadService(CRI_PROTO, 'runtime.v1.RuntimeService'),
    ...loadService(CRI_PROTO, 'runtime.v1.ImageService'),
  };
}

function methodOf(methods: ServiceDefinition, call: CallName): MethodDefinition<unknown, unknown> {
  const method = methods[call];
  if (method === undefined) throw new Error(`proto/${CRI_PROTO} does not define ${call}`);
  return method;
}
