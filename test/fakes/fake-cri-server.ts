import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { CallName } from '../../src/cri/calls.ts';
import { CRI_PROTO, EVENTS_PROTO, loadMessage, loadService } from '../../src/cri/proto.ts';
import { ModelFailure } from './model-failure.ts';
import type { Change } from './model-state.ts';
import type { RuntimeModel } from './runtime-model.ts';

export interface FakeCriServer {
  /** unix:// URL of the socket. */
  readonly endpoint: string;
  /** The program dies: connections break, the socket is gone. The model keeps its state. */
  down(): void;
  /** And is started again on the same socket. */
  up(): Promise<void>;
  close(): Promise<void>;
}

export interface FakeCriServerOptions {
  /** Where the socket shall be; a directory of its own in the system's temporary one if absent. */
  readonly socketPath?: string;
  /** Whether containerd's event service is there; yes if absent. */
  readonly taskEvents?: boolean;
  /** Whether CRI is there; yes if absent. A containerd whose cri plugin is disabled serves everything but that. */
  readonly cri?: boolean;
}

/** The model of a runtime as a gRPC server on a Unix socket, with both CRI services and containerd's events. */
export async function serveFakeCri(
  model: RuntimeModel,
  options: FakeCriServerOptions = {},
): Promise<FakeCriServer> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-cri-'));
  const socketPath = options.socketPath ?? join(directory, 'cri.sock');
  let server = await listen(model, socketPath, options);
  return {
    endpoint: `unix://${socketPath}`,
    down: () => server.forceShutdown(),
    async up() {
      server = await listen(model, socketPath, options);
    },
    async close() {
      server.forceShutdown();
      await rm(directory, { recursive: true, force: true });
      await rm(socketPath, { force: true });
    },
  };
}

const EVENTS = 'containerd.services.events.v1';
const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;

async function listen(
  model: RuntimeModel,
  socketPath: string,
  options: FakeCriServerOptions,
): Promise<Server> {
  const { taskEvents = true, cri = true } = options;
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_LIMIT_BYTES,
    'grpc.max_send_message_length': MESSAGE_LIMIT_BYTES,
  });
  for (const name of cri ? ['runtime.v1.RuntimeService', 'runtime.v1.ImageService'] : []) {
    const service = loadService(CRI_PROTO, name);
    server.addService(service, implement(service, model));
  }
  if (taskEvents)
    server.addService(loadService(EVENTS_PROTO, `${EVENTS}.Events`), { Subscribe: subscribe(model) });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return server;
}

/** The calls that the model does not know are left out: gRPC itself answers UNIMPLEMENTED for them. */
function implement(service: ServiceDefinition, model: RuntimeModel): UntypedServiceImplementation {
  const calls = Object.keys(service).filter((name): name is CallName => model.serves(name));
  return Object.fromEntries(calls.map((call) => [call, unary(call, model)]));
}

/** The client's deadline is enforced by gRPC here, so that the model is told of it as of a client that left. */
function unary(call: CallName, model: RuntimeModel): handleUnaryCall<object, object> {
  return (incoming, callback) => {
    const abort = new AbortController();
    incoming.on('cancelled', () => abort.abort());
    model
      .invoke(call, incoming.request, { signal: abort.signal, deadlineMs: Number.POSITIVE_INFINITY })
      .then((answer) => callback(null, answer))
      .catch((failure: unknown) => {
        const { code, details } =
          failure instanceof ModelFailure ? failure : { code: 13, details: String(failure) };
        callback({ code, details });
      });
  };
}

const TOPICS: Readonly<Partial<Record<Change['what'], string>>> = {
  created: '/tasks/create',
  started: '/tasks/start',
  exited: '/tasks/exit',
  stopped: '/tasks/exit',
};

function subscribe(model: RuntimeModel): handleServerStreamingCall<object, object> {
  return (stream) => {
    const forget = model.onChange(({ id, what }) => {
      const topic = TOPICS[what];
      if (topic !== undefined) stream.write(envelope(topic, id));
    });
    stream.on('cancelled', forget);
  };
}

function envelope(topic: string, id: string): object {
  const exit = loadMessage<object>(EVENTS_PROTO, `${EVENTS}.TaskExit`);
  const value = exit.serialize({ container_id: id, id });
  return { namespace: 'k8s.io', topic, event: { type_url: `containerd.events${topic}`, value } };
}
