import type { IncomingMessage } from 'node:http';
import { ApiFailure } from '../apimachinery/index.ts';
import type { ApiRequest } from './message.ts';

/** What of a request the first line says; undefined where that names no path. HEAD is GET: the server leaves the body out. */
export function readTarget({
  method = 'GET',
  url = '/',
}: IncomingMessage): Pick<ApiRequest, 'method' | 'path' | 'query'> | undefined {
  if (!url.startsWith('/')) return undefined;
  const split = url.indexOf('?');
  const path = split === -1 ? url : url.slice(0, split);
  const query = new URLSearchParams(split === -1 ? '' : url.slice(split + 1));
  return { method: method === 'HEAD' ? 'GET' : method, path, query };
}

/** What the bodies of all requests may take together; each takes what it has read, and gives it back when it is answered. */
export class BodyRoom {
  #freeBytes: number;

  constructor(totalBytes: number) {
    this.#freeBytes = totalBytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#freeBytes) return false;
    this.#freeBytes -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#freeBytes += bytes;
  }
}

const NO_BODY = new Uint8Array();
/** What is read and thrown away of a body that is too large, so that its client gets to read the answer. */
const DISCARDED_BYTES = 32 * 1024 ** 2;

/**
 * The whole body. Throws ApiFailure RequestEntityTooLarge where it is larger than that, TooManyRequests where there is no room at the
 * moment, and the system's error where the client hangs up.
 */
export async function readRequestBody(
  request: IncomingMessage,
  room: BodyRoom,
  limitBytes: number,
): Promise<{ readonly body: Uint8Array; release(): void }> {
  if (!hasBody(request)) return { body: NO_BODY, release: () => undefined };
  const chunks: Buffer[] = [];
  let [bytes, taken] = [0, 0];
  let refusal = declared(request) > DISCARDED_BYTES ? tooLarge(limitBytes) : undefined;
  const release = (): void => room.give(taken);
  try {
    if (refusal !== undefined) throw refusal;
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const part: Buffer = chunk;
      bytes += part.length;
      if (bytes > limitBytes) refusal = tooLarge(limitBytes);
      if (bytes > DISCARDED_BYTES) break;
      if (refusal === undefined && room.take(part.length)) {
        taken += part.length;
        chunks.push(part);
        continue;
      }
      refusal ??= new ApiFailure('TooManyRequests', 'too many requests at once, please try again', {
        retryAfterSeconds: 1,
      });
      chunks.length = 0;
    }
    if (refusal !== undefined) throw refusal;
    return { body: Buffer.concat(chunks), release };
  } catch (error) {
    release();
    throw error;
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function declared({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

function tooLarge(limitBytes: number): ApiFailure {
  return new ApiFailure('RequestEntityTooLarge', `the body exceeds ${limitBytes} bytes`);
}
