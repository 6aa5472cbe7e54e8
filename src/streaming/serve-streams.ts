import { ApiFailure } from '../apimachinery/index.ts';
import type { StreamFlags } from '../cri/index.ts';
import { PORT_PROTOCOL } from './port-protocol.ts';
import { type StreamUrl, serveSpdy } from './serve-spdy.ts';
import type { Upgrade } from './upgrade.ts';

/** Within SPDY, as far as runtimes know them (kubelet: pkg/server/remotecommand). */
const COMMAND_PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

export interface CommandStreams {
  /** Just what the runtime was or will be asked for. */
  readonly flags: StreamFlags;
  readonly url: StreamUrl;
}

export interface PortStreams {
  /** Asked for where the protocol does not name them itself. */
  readonly ports: () => readonly number[];
  readonly url: StreamUrl;
}

/**
 * The streams of exec and attach, over SPDY or a WebSocket as the client asks. Resolves when client and runtime are closed. Rejects with
 * ApiFailure as long as the client was not answered; then the connection is still the caller's.
 */
export async function serveCommand(client: Upgrade, { flags, url }: CommandStreams): Promise<void> {
  if (protocolOf(client) === 'spdy') return serveSpdy(client, COMMAND_PROTOCOLS, url);
  const { commandOverWebSocket } = await import('./serve-web-socket.ts');
  await commandOverWebSocket(client, flags, url);
}

/** The same for ports of a pod. */
export async function servePorts(client: Upgrade, { ports, url }: PortStreams): Promise<void> {
  if (protocolOf(client) === 'spdy') return serveSpdy(client, [PORT_PROTOCOL], url);
  const { portsOverWebSocket } = await import('./serve-web-socket.ts');
  await portsOverWebSocket(client, ports, url);
}

function protocolOf({ headers }: Upgrade): 'spdy' | 'websocket' {
  const { upgrade = '' } = headers;
  switch (upgrade.toLowerCase()) {
    case 'spdy/3.1':
      return 'spdy';
    case 'websocket':
      return 'websocket';
    default:
      throw new ApiFailure('BadRequest', `unable to upgrade: ${upgrade} is not supported`);
  }
}
