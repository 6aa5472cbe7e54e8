import { fileURLToPath } from 'node:url';
import {
  type ChannelOptions,
  Client,
  connectivityState,
  credentials,
  Metadata,
  type MethodDefinition,
  status,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';

export interface HealthQuestion {
  /** `host:port`. */
  readonly address: string;
  /** Empty is the server as a whole. */
  readonly service: string;
  readonly userAgent: string;
}

export type HealthAnswer =
  | { readonly kind: 'status'; readonly status: string }
  | {
      readonly kind: 'failure';
      /** gRPC's status as Go writes it, e.g. `NotFound`. */
      readonly code: string;
      readonly details: string;
      /** Whether there was a connection at all. */
      readonly connected: boolean;
    };

const PROTO = 'grpc-health.proto';
const SERVICE = 'grpc.health.v1.Health';

/** Each probe has a connection of its own, and tries again and again until its time is over. */
const CHANNEL: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

/** Asks a server for its health, in plaintext. Never rejects; an abort of the signal is a failure like any other. */
export async function askGrpcHealth(
  { address, service, userAgent }: HealthQuestion,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const client = new Client(address, credentials.createInsecure(), {
    ...CHANNEL,
    'grpc.primary_user_agent': userAgent,
  });
  try {
    return await check(client, service, signal);
  } finally {
    client.close();
  }
}

function check(client: Client, service: string, signal: AbortSignal): Promise<HealthAnswer> {
  const { path, requestSerialize, responseDeserialize } = checkMethod();
  const patience = new Metadata({ waitForReady: true });
  return new Promise((resolve) => {
    const cancel = (): void => call.cancel();
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service },
      patience,
      (error, answer) => {
        signal.removeEventListener('abort', cancel);
        if (error === null) return resolve({ kind: 'status', status: statusIn(answer) });
        const connected = client.getChannel().getConnectivityState(false) === connectivityState.READY;
        resolve({ kind: 'failure', code: goCode(error.code), details: error.details, connected });
      },
    );
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

let loaded: MethodDefinition<object, object> | undefined;

function checkMethod(): MethodDefinition<object, object> {
  loaded ??= loadCheck();
  return loaded;
}

function loadCheck(): MethodDefinition<object, object> {
  const file = fileURLToPath(new URL(`../../proto/${PROTO}`, import.meta.url));
  const service = loadSync(file, { keepCase: true, enums: String, defaults: true })[SERVICE];
  const method = service !== undefined && isService(service) ? service.Check : undefined;
  if (method === undefined) throw new Error(`proto/${PROTO} does not define ${SERVICE}`);
  return method;
}

/** Messages and enums have a format, services have none. */
function isService(definition: PackageDefinition[string]): definition is ServiceDefinition {
  return !('format' in definition);
}

/** A number that is none of the protocol's comes as it is. */
function statusIn(answer: object | undefined): string {
  return answer !== undefined && 'status' in answer ? String(answer.status) : 'UNKNOWN';
}

/** `NOT_FOUND` is NotFound in Go, and CANCELLED has one L. */
function goCode(code: status): string {
  if (code === status.CANCELLED) return 'Canceled';
  const words = (status[code] ?? 'UNKNOWN').toLowerCase().split('_');
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}
