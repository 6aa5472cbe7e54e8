import { createNode } from './node.ts';
import { createNodeApi, type NodeApi } from './node-api.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/**
 * A node in this process for as long as `use` takes: its API answers on the Unix socket, and what was made through that is seen to. What
 * runs then goes on, and the next daemon takes it over. Rejects with ROOT_DIR_LOCKED, STATE_IO or STANDALONE_FAILED where there can be
 * none, and with whatever `use` does.
 */
export async function withOwnNode<T>(
  options: DaemonOptions,
  ports: NodePorts,
  use: () => Promise<T>,
): Promise<T> {
  const node = await createNode({ ...options, onlyObjects: true }, ports);
  let api: NodeApi | undefined;
  try {
    api = await createNodeApi(options, ports, node);
    await api.server.listen();
    const started = node.start();
    const used = use();
    return await Promise.race([used, started.then(() => used)]);
  } finally {
    await api?.close();
    await node.close();
  }
}
