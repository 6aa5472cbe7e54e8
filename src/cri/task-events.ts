import { type Client, type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js';
import { type Clock, type Logger, sleep } from '../base/index.ts';
import { openClient } from './channel.ts';
import { socketPathOf } from './endpoint.ts';
import { EVENTS_PROTO, loadMessage, loadService } from './proto.ts';

/** Something happened to the main process of a container or sandbox. A hint to look, never what to believe. */
export interface TaskEvent {
  /** Such as /tasks/start, /tasks/exit, /tasks/oom. */
  readonly topic: string;
  /** The container's or, for its pause process, the sandbox's id, where the event could be read. */
  readonly containerId?: string;
}

export interface TaskEventSettings {
  readonly endpoint: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the subscription. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: TaskEvent) => void;
}

const PACKAGE = 'containerd.services.events.v1';
/** CRI keeps all its containers in this containerd namespace. */
const FILTER = 'namespace==k8s.io,topic~="^/tasks/"';
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

interface Envelope {
  readonly topic: string;
  readonly event: { readonly value: Buffer } | null;
}

/**
 * Listens to containerd's own events, on the socket that also serves CRI, until `signal` aborts. Connects again for as long as
 * that takes; gives up silently where the service does not exist. Events may be lost while it is away. Never rejects.
 */
export async function subscribeTaskEvents(settings: TaskEventSettings): Promise<void> {
  const { clock, logger, signal } = settings;
  const client = openClient(socketPathOf(settings.endpoint));
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const end = await listen(client, settings);
    if (end.unserved || signal.aborted) break;
    if (end.heard > 0) pauseMs = FIRST_PAUSE_MS;
    logger.debug({ err: end.reason, pauseMs }, 'task events interrupted');
    await sleep(clock, pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
  client.close();
}

interface End {
  readonly heard: number;
  readonly unserved: boolean;
  readonly reason: string;
}

/** One stream, to its end. */
function listen(client: Client, { signal, onEvent }: TaskEventSettings): Promise<End> {
  return new Promise((resolve) => {
    const stream = openStream(client);
    const cancel = (): void => stream.cancel();
    let heard = 0;
    const end = (reason: string, code?: number): void => {
      signal.removeEventListener('abort', cancel);
      resolve({ heard, reason, unserved: code === status.UNIMPLEMENTED });
    };
    stream.on('data', (envelope: Envelope) => {
      heard += 1;
      const event = taskEvent(envelope);
      if (event !== undefined) onEvent(event);
    });
    stream.on('error', (error: ServiceError) => end(error.details, error.code));
    stream.on('end', () => end('the stream ended'));
    signal.addEventListener('abort', cancel, { once: true });
  });
}

function openStream(client: Client): ClientReadableStream<Envelope> {
  const subscribe = loadService(EVENTS_PROTO, `${PACKAGE}.Events`).Subscribe;
  if (subscribe === undefined) throw new Error(`proto/${EVENTS_PROTO} does not define Subscribe`);
  const { path, requestSerialize, responseDeserialize } = subscribe;
  return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { filters: [FILTER] });
}

/** Undefined for the processes that exec runs in a container: their coming and going changes no container. */
function taskEvent({ topic, event }: Envelope): TaskEvent | undefined {
  if (topic.startsWith('/tasks/exec-')) return undefined;
  try {
    const name = topic === '/tasks/exit' ? 'TaskExit' : 'TaskEvent';
    const { container_id: containerId, id } = message(name).deserialize(event?.value ?? Buffer.alloc(0));
    if (name === 'TaskExit' && id !== containerId) return undefined;
    return containerId === '' ? { topic } : { topic, containerId };
  } catch {
    // An event of a shape we do not know is still a hint that something happened.
    return { topic };
  }
}

const message = (name: string) =>
  loadMessage<{ container_id: string; id?: string }>(EVENTS_PROTO, `${PACKAGE}.${name}`);
