import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { ApiFailure } from '../apimachinery/index.ts';
import { LINGER_MS } from './let-go.ts';
import type { Upgrade } from './upgrade.ts';

const OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  /** Of one message, which is kept until it is whole: as golang.org/x/net/websocket has it, on which Kubernetes' servers stand. */
  maxPayload: 32 * 1024 ** 2,
  closeTimeout: LINGER_MS,
};

/**
 * Makes the connection a WebSocket that speaks `protocol`. It is paused: whoever takes it listens first, and then resumes it, so that
 * nothing is lost that came right behind the handshake. Rejects with ApiFailure where the handshake is none; nothing was answered then.
 *
 * Its pings are answered, and none are sent: a client that is not reading, because somebody reads its output in a pager, would not answer
 * and is not dead. Who is dead is noticed by the keep-alive of the connection itself.
 */
export function acceptWebSocket(upgrade: Upgrade, protocol: string | undefined): Promise<WebSocket> {
  const { socket, head } = upgrade;
  const server = new WebSocketServer(OPTIONS);
  server.on('headers', (lines) => {
    if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new ApiFailure('BadRequest', 'the client is gone'));
    server.on('wsClientError', ({ message }) => reject(new ApiFailure('BadRequest', message)));
    socket.once('close', gone);
    server.handleUpgrade(handshakeOf(upgrade), socket, head, (client) => {
      socket.off('close', gone);
      client.pause();
      resolve(client);
    });
  });
}

/** Without the protocols, which are negotiated already: some of Kubernetes' names are none by the letter of the standard. */
function handshakeOf({ method, headers }: Upgrade): IncomingMessage {
  const { 'sec-websocket-protocol': _, ...others } = headers;
  return Object.assign(new IncomingMessage(new Socket()), { method, headers: others });
}
