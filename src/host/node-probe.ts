import type { Clock } from '../base/index.ts';
import type { NodeFacts, NodeSettings } from '../pod/index.ts';
import type { NodeProbe } from './ports.ts';

export interface NodeProbeOptions {
  readonly nodeName: string;
  /** The file system it lies on is the one whose size is told. */
  readonly rootDir: string;
  readonly settings: NodeSettings;
  readonly clock: Clock;
  /** Where names are looked up, if it is not /etc/resolv.conf. */
  readonly resolvConfPath?: string;
  /** Stands before every path; only tests need it. */
  readonly root?: string;
}

export function createNodeProbe(options: NodeProbeOptions): NodeProbe {
  return { facts: () => Promise.reject<NodeFacts>(new Error(`not read yet: ${options.nodeName}`)) };
}
