import { type CommandEnd, commandEnd } from './command-end.ts';
import type { CommandIo } from './command-io.ts';
import { CommandStream } from './command-stream.ts';
import { type NodeClient, unreachable } from './node-client.ts';
import { openWebSocket } from './open-web-socket.ts';

/** The only one in which the end of input can be told (KEP 4006). */
const PROTOCOL = 'v5.channel.k8s.io';

/**
 * Joins a command in a container (`…/exec?…`, `…/attach?…`) to streams of this process; resolves when it has ended, or those of `attach`
 * have, and all of its output was written. Rejects with API_REFUSED where it could not be run, DAEMON_UNREACHABLE where the connection
 * broke off or the signal cut it, and with whatever `write` did.
 */
export async function openCommand(client: NodeClient, path: string, io: CommandIo): Promise<CommandEnd> {
  const socket = await openWebSocket(client, { path, protocol: PROTOCOL });
  const end = commandEnd(await new CommandStream(socket, io).serve());
  if (end !== undefined) return end;
  throw unreachable(client.socketPath, 'it hung up before the command had ended');
}
