import { createWebSocketStream, type WebSocket } from 'ws';
import type { StreamFlags } from '../cri/index.ts';
import { acceptWebSocket } from './accept-web-socket.ts';
import { bridgeCommand } from './bridge-command.ts';
import { bridgePorts } from './bridge-ports.ts';
import {
  type ChannelProtocol,
  COMMAND_PROTOCOLS,
  PORT_PROTOCOLS,
  UNNAMED_COMMAND_PROTOCOL,
  UNNAMED_PORT_PROTOCOL,
} from './channels.ts';
import { connectRuntime, type RuntimeConnection } from './connect-runtime.ts';
import { join } from './join.ts';
import { negotiate, offeredIn } from './negotiate.ts';
import { PORT_PROTOCOL } from './port-protocol.ts';
import type { StreamUrl } from './serve-spdy.ts';
import type { Upgrade } from './upgrade.ts';

/** SPDY within binary messages (KEP 4006): kubectl's way of forwarding ports. */
const SPDY_INSIDE = `SPDY/3.1+${PORT_PROTOCOL}`;

/** Both resolve when client and runtime are closed, and reject only while nothing was answered. */
export async function commandOverWebSocket(
  client: Upgrade,
  flags: StreamFlags,
  url: StreamUrl,
): Promise<void> {
  const chosen = choose(client, Object.keys(COMMAND_PROTOCOLS));
  const protocol = COMMAND_PROTOCOLS[chosen ?? ''] ?? UNNAMED_COMMAND_PROTOCOL;
  const ends = await connectBoth(client, { chosen, protocols: [protocol.runtime], url });
  await bridgeCommand({ ...ends, protocol, signal: client.signal }, flags);
}

export async function portsOverWebSocket(
  client: Upgrade,
  ports: () => readonly number[],
  url: StreamUrl,
): Promise<void> {
  const chosen = choose(client, [SPDY_INSIDE, ...Object.keys(PORT_PROTOCOLS)]);
  const route = { chosen, protocols: [PORT_PROTOCOL], url };
  if (chosen === SPDY_INSIDE) {
    const ends = await connectBoth(client, route);
    return join({ ...ends, client: createWebSocketStream(ends.client), signal: client.signal });
  }
  const protocol: ChannelProtocol = PORT_PROTOCOLS[chosen ?? ''] ?? UNNAMED_PORT_PROTOCOL;
  const wanted = ports();
  const ends = await connectBoth(client, route);
  await bridgePorts({ ...ends, protocol, signal: client.signal }, wanted);
}

/** Undefined where the client names none at all, which Kubernetes allows. */
function choose({ headers }: Upgrade, accepted: readonly string[]): string | undefined {
  const offered = offeredIn(headers, 'sec-websocket-protocol');
  return offered.length === 0 ? undefined : negotiate(offered, accepted);
}

interface Route {
  readonly chosen: string | undefined;
  readonly protocols: readonly string[];
  readonly url: StreamUrl;
}

/** The runtime first: what it refuses the client is to get as an answer. */
async function connectBoth(
  upgrade: Upgrade,
  { chosen, protocols, url }: Route,
): Promise<{ readonly client: WebSocket; readonly runtime: RuntimeConnection['socket'] }> {
  const { socket: runtime } = await connectRuntime({
    url: await url(),
    protocols,
    signal: upgrade.signal,
  });
  try {
    return { client: await acceptWebSocket(upgrade, chosen), runtime };
  } catch (error) {
    runtime.destroy();
    throw error;
  }
}
