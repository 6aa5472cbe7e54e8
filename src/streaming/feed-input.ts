import { isJsonObject, textAt } from '../base/index.ts';
import { connectRuntime } from './connect-runtime.ts';
import { SpdyConnection } from './spdy/spdy-connection.ts';

export interface FedInput {
  /** Where the runtime serves a container's input and nothing else. */
  readonly url: string;
  readonly input: Uint8Array;
  /** Cuts it off. */
  readonly signal: AbortSignal;
}

/** Of a connection that broke off there is no status to read. */
const MAX_STATUS_BYTES = 64 * 1024;

/**
 * Says something to a container's input, and that it was all. Resolves when the runtime has passed it on, or when it is cut off; rejects
 * with what the runtime has to say against it.
 */
export async function feedInput(fed: FedInput): Promise<void> {
  try {
    await feed(fed);
  } catch (error) {
    if (!fed.signal.aborted) throw error;
  }
}

async function feed({ url, input, signal }: FedInput): Promise<void> {
  const { socket } = await connectRuntime({ url, protocols: ['v4.channel.k8s.io'], signal });
  const cut = (): void => void socket.destroy();
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  try {
    const connection = new SpdyConnection(socket);
    let status = '';
    const onStatus = (part: Buffer): void => {
      if (status.length < MAX_STATUS_BYTES) status += part.toString('utf8');
    };
    // All of them are asked for before any is answered: the runtime begins when it has them all.
    const [, stdin] = await Promise.all([
      connection.open({ streamtype: 'error' }, { onData: onStatus, onEnd: () => undefined }),
      connection.open({ streamtype: 'stdin' }, { onData: () => undefined, onEnd: () => undefined }),
    ]);
    stdin.write(Buffer.from(input));
    stdin.end();
    await connection.closed;
    const problem = problemIn(status);
    if (problem !== undefined) throw new Error(problem);
  } finally {
    signal.removeEventListener('abort', cut);
    socket.destroy();
  }
}

/** A Status of Kubernetes (kubelet: pkg/kubelet/cri/streaming/remotecommand, v4WriteStatusFunc); none is no complaint. */
function problemIn(status: string): string | undefined {
  if (status === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(status);
  } catch {
    return status;
  }
  if (!isJsonObject(value) || value.status === 'Success') return undefined;
  return textAt(value, 'message');
}
