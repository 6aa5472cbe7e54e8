import type { Cri } from '../cri/index.ts';
import { filePodLogs } from '../logs/index.ts';
import type { ManifestSnapshot } from '../manifest/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import { filePodRecords, type Ownership } from '../state/index.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** A reconciler over real files. */
export function createReconciler(given: {
  readonly options: Pick<DaemonOptions, 'rootDir' | 'logDir' | 'nodeName' | 'intervalMs'>;
  readonly ports: NodePorts;
  readonly ownership: Ownership;
  readonly cri: Cri;
  readonly manifests: { load(): Promise<ManifestSnapshot> };
}): Reconciler {
  const { options, ports, ownership, cri, manifests } = given;
  const { clock, random, logger, version } = ports;
  const { rootDir, logDir, nodeName, intervalMs } = options;
  return new Reconciler(
    { clock, random, logger, cri, manifests, records: filePodRecords(rootDir, logger), logs: filePodLogs },
    { owner: ownership.id, adopted: ownership.adopted, intervalMs, logDir, nodeName, version },
  );
}
