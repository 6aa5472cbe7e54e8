import { ApiFailure } from '../apimachinery/index.ts';
import { connectRuntime, PROTOCOL_HEADER } from './connect-runtime.ts';
import { join } from './join.ts';
import { negotiate, offeredIn } from './negotiate.ts';
import type { Upgrade } from './upgrade.ts';

/** Asks the runtime where it serves the streams. */
export type StreamUrl = () => Promise<string>;

/**
 * Client and runtime speak SPDY with each other; here it is only passed on. Resolves when both are closed; rejects only while nothing
 * was answered.
 */
export async function serveSpdy(client: Upgrade, accepted: readonly string[], url: StreamUrl): Promise<void> {
  const { socket, head, headers, signal } = client;
  const offered = offeredIn(headers, PROTOCOL_HEADER);
  if (offered.length === 0)
    throw new ApiFailure('BadRequest', 'unable to upgrade: X-Stream-Protocol-Version is required');
  negotiate(offered, accepted);
  const runtime = await connectRuntime({ url: await url(), protocols: offered, signal });
  if (head.length > 0) socket.unshift(head);
  socket.write(switching(runtime.protocol));
  await join({ client: socket, runtime: runtime.socket, signal });
}

function switching(protocol: string): string {
  const lines = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', `X-Stream-Protocol-Version: ${protocol}`];
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`;
}
