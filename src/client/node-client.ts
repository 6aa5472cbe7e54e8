import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import { errnoOf, messageOf, TinyletError } from '../base/index.ts';

export interface ClientRequest {
  /** GET by default. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** JSON by default. */
  readonly accept?: string;
  /** Of the body; JSON by default. */
  readonly contentType?: string;
  readonly body?: string | Uint8Array;
  /** Ends the request, and the body of its answer. */
  readonly signal?: AbortSignal;
  /** The daemon may be silent for as long as it likes: what is followed, watched or waited for. */
  readonly patient?: boolean;
}

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read or destroyed. */
  readonly body: Readable;
}

/** The API of one daemon, over its Unix socket. */
export interface NodeClient {
  readonly socketPath: string;
  /** Resolves to the head of an answer, whatever its status. Rejects with DAEMON_UNREACHABLE, saying what is wrong with the socket. */
  send(request: ClientRequest): Promise<ClientAnswer>;
}

/**
 * Without a byte from the daemon. What it reads is in memory, but what it writes waits for a disk that others may keep busy. As long as
 * a kube-apiserver takes for a request (--request-timeout).
 */
const SILENCE_MS = 60_000;

/** What the system says when a connection fails, in words that name the remedy. */
const REASON: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ENOTDIR: 'there is no such socket',
  ECONNREFUSED: 'nobody listens on it; the daemon has died, or it is no socket',
  EACCES: 'not permitted; only the user the daemon runs as may use it',
  EPERM: 'not permitted; only the user the daemon runs as may use it',
  ECONNRESET: 'it hung up before it answered',
};

/** Each request has a connection of its own: commands ask little, and a kept connection would keep them from ending. */
export function createNodeClient(socketPath: string): NodeClient {
  return {
    socketPath,
    async send(asked) {
      try {
        const answer = await exchange(socketPath, asked);
        return { status: answer.statusCode ?? 0, headers: answer.headers, body: answer };
      } catch (cause) {
        throw connectionFailure(socketPath, cause);
      }
    },
  };
}

function exchange(socketPath: string, asked: ClientRequest): Promise<IncomingMessage> {
  const { method = 'GET', path, accept = 'application/json', body, signal, patient = false } = asked;
  return new Promise((resolve, reject) => {
    const sent = request({
      ...{ socketPath, method, path, agent: false },
      headers: {
        accept,
        // Of a DELETE Node tells no length by itself, and its body would be taken for the next request.
        ...(body !== undefined && {
          'content-type': asked.contentType ?? 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
      ...(!patient && { timeout: SILENCE_MS }),
      ...(signal !== undefined && { signal }),
    });
    sent.once('timeout', () => sent.destroy(unreachable(socketPath, `silent for ${SILENCE_MS / 1000} s`)));
    sent.once('error', reject);
    sent.once('response', resolve);
    sent.end(body);
  });
}

/** What became of a connection, for users; what is that already stays as it is. */
export function connectionFailure(socketPath: string, cause: unknown): TinyletError {
  if (cause instanceof TinyletError) return cause;
  return unreachable(socketPath, REASON[errnoOf(cause) ?? ''] ?? messageOf(cause), cause);
}

export function unreachable(socketPath: string, why: string, cause?: unknown): TinyletError {
  const facts = { socket: socketPath };
  return new TinyletError('DAEMON_UNREACHABLE', `no daemon answers on ${socketPath}: ${why}`, {
    cause,
    facts,
  });
}
