import { createApiServer, nodeRoutes } from '../api/index.ts';
import { createNode } from './node.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** How the daemon is told to end. */
export interface Signals {
  /** Calls back at the first SIGTERM or SIGINT. The second one ends the process at once. */
  onFirst(callback: (signal: string) => void): void;
}

/** Runs until a signal comes; resolves to the exit code. Pods stay as they are. Rejects where it cannot start. */
export async function runDaemon(options: DaemonOptions, ports: NodePorts, signals: Signals): Promise<number> {
  const { clock, logger } = ports;
  const ended = new Promise<string>((resolve) => signals.onFirst(resolve));
  // Taking the root directory and starting a containerd may take long: a signal need not wait for it.
  const node = await Promise.race([createNode(options, ports), ended.then(() => undefined)]);
  if (node === undefined) return 0;
  const api = createApiServer({
    socketPath: options.apiSocket,
    routes: nodeRoutes(node.reconciler),
    logger,
    clock,
  });
  try {
    await api.listen();
    const { version } = ports;
    logger.info({ version, manifests: options.manifestDirs, rootDir: options.rootDir }, 'tinylet runs');
    const started = node.start();
    const signal = await Promise.race([ended, started.then(() => ended)]);
    logger.info({ signal }, 'tinylet ends; pods go on');
    return 0;
  } finally {
    await api.close();
    await node.close();
  }
}
