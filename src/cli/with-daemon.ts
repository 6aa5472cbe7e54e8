import { hasCode, messageOf, TinyletError } from '../base/index.ts';
import type { NodeClient } from '../client/index.ts';
import type { DaemonOptions } from '../daemon/index.ts';
import type { Program } from './program.ts';

/**
 * The API of the daemon, or where none answers that of a node in this process, for as long as `use` takes. Rejects with
 * DAEMON_UNREACHABLE where a daemon is there and does not answer.
 */
export async function withDaemon<T>(
  program: Program,
  options: DaemonOptions,
  use: (client: NodeClient) => Promise<T>,
): Promise<T> {
  const client = program.client(options.apiSocket);
  const absence = await absenceOf(client);
  if (absence === undefined) return use(client);
  try {
    return await program.withOwnNode(ownNode(options), () => use(client));
  } catch (cause) {
    if (!hasCode(cause, 'ROOT_DIR_LOCKED')) throw cause;
    throw new TinyletError(
      'DAEMON_UNREACHABLE',
      `${messageOf(absence)}, but ${messageOf(cause)}; name its socket with --api-socket`,
      { cause },
    );
  }
}

/** Why no daemon answers; undefined where one does. */
async function absenceOf(client: NodeClient): Promise<unknown> {
  try {
    const { body } = await client.send({ path: '/livez' });
    body.destroy();
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'DAEMON_UNREACHABLE')) throw error;
    return error;
  }
}

/** Of a daemon's settings those that concern what it is to run: nothing is watched, nobody else served, nothing cleared away. */
function ownNode(options: DaemonOptions): DaemonOptions {
  const { urlSource, apiAddress, readOnlyPort, insecureHttpAddress, imageGc, ...others } = options;
  const { terminatedPodRetentionMs, shutdownPods, ...kept } = others;
  return { ...kept, manifestDirs: [], adopt: false, logLevel: 'warn', logFormat: 'pretty' };
}
