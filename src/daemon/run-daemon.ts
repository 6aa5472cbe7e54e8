import type { Logger } from '../base/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import { createNode } from './node.ts';
import { createNodeApi, type NodeApi } from './node-api.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** How the daemon is told to end. */
export interface Signals {
  /** Calls back at the first SIGTERM or SIGINT. The second one ends the process at once. */
  onFirst(callback: (signal: string) => void): void;
}

/**
 * Runs until a signal comes; resolves to the exit code. Pods stay as they are, unless they are to be stopped with the daemon. Rejects
 * where it cannot start.
 */
export async function runDaemon(options: DaemonOptions, ports: NodePorts, signals: Signals): Promise<number> {
  const { logger } = ports;
  const ended = new Promise<string>((resolve) => signals.onFirst(resolve));
  // Taking the root directory and starting a containerd may take long: a signal need not wait for it.
  const node = await Promise.race([createNode(options, ports), ended.then(() => undefined)]);
  if (node === undefined) return 0;
  let api: NodeApi | undefined;
  try {
    api = await createNodeApi(options, ports, node);
    await api.server.listen();
    api.server.listenTcp();
    const { version } = ports;
    const manifests = [...options.manifestDirs, ...(options.urlSource?.urls ?? [])];
    logger.info({ version, manifests, rootDir: options.rootDir }, 'tinylet runs');
    const started = node.start();
    const signal = await Promise.race([ended, started.then(() => ended)]);
    if (options.shutdownPods === undefined) logger.info({ signal }, 'tinylet ends; pods go on');
    else await stopPods(node.reconciler, { ...options.shutdownPods, signal, logger });
    return 0;
  } finally {
    await api?.close();
    await node.close();
  }
}

/** What does not stop in time is left as it is: the next start goes on from there. */
async function stopPods(
  reconciler: Pick<Reconciler, 'shutDown'>,
  given: { readonly gracePeriodMs: number; readonly signal: string; readonly logger: Logger },
): Promise<void> {
  const { gracePeriodMs, signal, logger } = given;
  logger.info({ signal, gracePeriodMs }, 'tinylet ends; pods are stopped');
  const left = await reconciler.shutDown(gracePeriodMs);
  if (left.length > 0) logger.warn({ pods: [...left].sort().join(', ') }, 'pods did not stop in time');
}
