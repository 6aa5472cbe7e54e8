import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiFailure, type StatusReason } from '../apimachinery/index.ts';
import { messageOf } from '../base/index.ts';
import { isOwnAddress } from '../host/index.ts';
import { PatientSocket } from './patient-socket.ts';

/** The header that names the protocol within SPDY (apimachinery: pkg/util/httpstream). */
export const PROTOCOL_HEADER = 'x-stream-protocol-version';

/** A connection on which the runtime speaks SPDY. */
export interface RuntimeConnection {
  /** Nothing of it was read yet. */
  readonly socket: Duplex;
  /** Which of the protocols the runtime has chosen. */
  readonly protocol: string;
}

export interface RuntimeRequest {
  /** As the runtime gave it: good for one connection. */
  readonly url: string;
  /** Offered in this order. */
  readonly protocols: readonly string[];
  readonly signal: AbortSignal;
}

/** Without a word from the runtime. It has nothing to look up, but it may be busy with others. */
const SILENCE_MS = 30_000;
const MAX_WORDS_BYTES = 16 * 1024;

/**
 * Rejects with ApiFailure, with the runtime's own words where it has some. Nothing of the client's request reaches the runtime. The
 * runtime lives on this machine, so its streams do, too: wherever else it sends us, nothing is said to anybody.
 */
export async function connectRuntime({ url, protocols, signal }: RuntimeRequest): Promise<RuntimeConnection> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  if (protocol !== 'http:')
    throw new ApiFailure('InternalError', `the container runtime serves streams over ${protocol}`);
  if (!isOwnAddress(hostname))
    throw new ApiFailure(
      'InternalError',
      `the container runtime's streams are at ${hostname}, which is not this machine: set stream_server_address = "127.0.0.1" in the runtime's configuration`,
    );
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const failed = (why: string): void =>
      reject(new ApiFailure('InternalError', `the container runtime's streams cannot be had: ${why}`));
    const sent = request({
      method: 'POST',
      path: `${pathname}${search}`,
      headers: {
        host: `${hostname}:${port}`,
        connection: 'Upgrade',
        upgrade: 'SPDY/3.1',
        [PROTOCOL_HEADER]: [...protocols],
      },
      timeout: SILENCE_MS,
      // In place of an agent, which would share it. What comes after its last word still has somewhere to go.
      createConnection: () =>
        new PatientSocket({ allowHalfOpen: true })
          .setNoDelay(true)
          .setKeepAlive(true)
          .connect({ host, port: Number(port) }),
      signal,
    });
    sent.once('timeout', () => sent.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)));
    sent.on('error', (error) => failed(messageOf(error)));
    sent.once('upgrade', (answer, socket, head) => {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve({ socket, protocol: String(answer.headers[PROTOCOL_HEADER] ?? protocols[0] ?? '') });
    });
    sent.once('response', (answer) => {
      wordsOf(answer).then((words) => reject(refusal(answer.statusCode ?? 0, words)), failed);
    });
    sent.end();
  });
}

async function wordsOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const part = Buffer.from(chunk);
    chunks.push(part);
    bytes += part.length;
    if (bytes > MAX_WORDS_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_WORDS_BYTES).trim();
}

const REASON: Readonly<Record<number, StatusReason>> = { 400: 'BadRequest', 403: 'Forbidden' };

function refusal(status: number, words: string): ApiFailure {
  const said = words === '' ? `the container runtime answered ${status}` : words;
  return new ApiFailure(REASON[status] ?? 'InternalError', said);
}
