import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { WebSocket } from 'ws';
import { accepted } from './ask-api.ts';
import { connectionFailure, type NodeClient, unreachable } from './node-client.ts';

export interface WebSocketRequest {
  /** With its query. */
  readonly path: string;
  readonly protocol: string;
}

/** The daemon asks the runtime before it answers, and that may be busy. */
const HANDSHAKE_MS = 60_000;
/** Nothing that the daemon sends is larger: it passes on what the runtime says, 32 KiB at a time. */
const MAX_MESSAGE_BYTES = 32 * 1024 ** 2;

/**
 * A WebSocket of the API. It is paused: whoever takes it listens first, and then resumes it. Rejects with API_REFUSED in the words of the
 * API where that refuses it, with DAEMON_UNREACHABLE where no daemon answers.
 */
export async function openWebSocket(
  { socketPath }: NodeClient,
  { path, protocol }: WebSocketRequest,
): Promise<WebSocket> {
  const { WebSocket } = await import('ws');
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://localhost${path}`, protocol, {
      createConnection: () => connect(socketPath),
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    socket.once('open', () => {
      socket.pause();
      resolve(socket);
    });
    // What goes wrong later shows when it closes.
    socket.on('error', (cause) => reject(connectionFailure(socketPath, cause)));
    socket.once('unexpected-response', (request, answer) => {
      refusalOf(answer)
        .then(() => unreachable(socketPath, 'what answers is no tinylet of this version'))
        .catch((refusal: unknown) => refusal)
        .then(reject)
        .finally(() => request.destroy());
    });
  });
}

async function refusalOf(answer: IncomingMessage): Promise<void> {
  await accepted({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
}
