import { join } from 'node:path';
import type { Cri } from '../cri/index.ts';
import { createNodeProbe, createPodCgroups, type NodeProbe } from '../host/index.ts';
import { createNodeCredentials, type PullClaims } from '../images/index.ts';
import { createRunHook } from '../lifecycle/index.ts';
import { filePodLogs, type PodLogs } from '../logs/index.ts';
import type { ManifestSnapshot } from '../manifest/index.ts';
import type { NodeMetrics } from '../metrics/index.ts';
import type { TellEvent } from '../pod/index.ts';
import { createRunProbe } from '../probes/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import {
  fileObjectRecords,
  filePodRecords,
  lenientPodRecords,
  type ObjectRecords,
  type Ownership,
} from '../state/index.ts';
import { filePodVolumes } from '../volumes/index.ts';
import { countProbes } from './count-probes.ts';
import { otherThanObjects } from './only-objects.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

export type ReconcilerSettings = Pick<DaemonOptions, 'rootDir' | 'logDir' | 'nodeName' | 'intervalMs'> &
  Partial<
    Pick<
      DaemonOptions,
      | 'registryAuth'
      | 'runtimeRoot'
      | 'resolvConf'
      | 'allowedUnsafeSysctls'
      | 'maxParallelPulls'
      | 'crashLoopMaxMs'
      | 'onlyObjects'
    >
  >;

/** The domain of Kubernetes' own default; pods see it in `<subdomain>.<namespace>.svc.cluster.local`. */
const CLUSTER_DOMAIN = 'cluster.local';

/** A reconciler over real files. */
export function createReconciler(given: {
  readonly options: ReconcilerSettings;
  readonly ports: NodePorts;
  readonly ownership: Ownership;
  readonly cri: Cri;
  readonly manifests: { load(): Promise<ManifestSnapshot> };
  /** By default those under the root directory. */
  readonly objectRecords?: ObjectRecords;
  /** By default those of the options, with no note of whose they are. */
  readonly logs?: PodLogs;
  /** Where it is noted what was pulled; nowhere if absent. */
  readonly claims?: PullClaims;
  /** Hears what happens to pods. */
  readonly tell?: TellEvent;
  /** Counts what it does. */
  readonly metrics?: NodeMetrics;
}): Reconciler {
  const { options, ports, ownership, cri, manifests, claims, tell, metrics } = given;
  const { clock, random, logger, version } = ports;
  const { rootDir, logDir, nodeName, intervalMs, runtimeRoot, registryAuth, maxParallelPulls } = options;
  const { crashLoopMaxMs } = options;
  const run = createRunProbe({ cri, clock });
  const reconciler: Reconciler = new Reconciler(
    {
      ...{ clock, random, logger, cri, manifests },
      records: lenientPodRecords(filePodRecords(rootDir, logger), { clock, logger }),
      objectRecords: given.objectRecords ?? fileObjectRecords(rootDir, logger),
      logs: given.logs ?? filePodLogs,
      volumes: filePodVolumes({ rootDir, logger, clock, ...(runtimeRoot !== undefined && { runtimeRoot }) }),
      cgroups: createPodCgroups({ clock, logger }),
      node: nodeProbe(options),
      runProbe:
        metrics === undefined
          ? run
          : countProbes(run, {
              clock,
              container: (id) => reconciler.container(id),
              probed: (probe) => metrics.probed(probe),
            }),
      runHook: createRunHook({ cri, clock }),
      ...(registryAuth !== undefined && {
        credentials: createNodeCredentials({ file: registryAuth, clock, logger }),
      }),
      ...(claims && { claims }),
      ...(tell && { tell }),
      ...(metrics && { observer: metrics }),
    },
    {
      ...{ owner: ownership.id, adopted: ownership.adopted, intervalMs, logDir, rootDir, nodeName, version },
      ...(maxParallelPulls !== undefined && { maxParallelPulls }),
      ...(crashLoopMaxMs !== undefined && { crashLoopMaxMs }),
      ...(options.onlyObjects === true && { leavesAlone: otherThanObjects(rootDir) }),
    },
  );
  return reconciler;
}

function nodeProbe(options: ReconcilerSettings): NodeProbe {
  const { rootDir, nodeName, resolvConf, allowedUnsafeSysctls = [] } = options;
  const settings = {
    allowedUnsafeSysctls,
    clusterDomain: CLUSTER_DOMAIN,
    seccompDir: join(rootDir, 'seccomp'),
  };
  return createNodeProbe({
    nodeName,
    rootDir,
    settings,
    ...(resolvConf !== undefined && { resolvConfPath: resolvConf }),
  });
}
