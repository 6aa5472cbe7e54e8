import type { Logger } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import {
  fileLogDirectories,
  filePodLogs,
  type LogDirectories,
  LogLinks,
  LogRotation,
  notedPodLogs,
  OrphanedLogs,
  type PodLogs,
} from '../logs/index.ts';
import { asPodUid, label, type PodUid } from '../pod/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import { createLogUpkeep, type LogUpkeep } from './log-upkeep.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** The logs as they lie on this machine. */
export interface LogKeeping {
  readonly logs: PodLogs;
  readonly directories: LogDirectories;
  readonly links?: LogLinks;
}

export function createLogKeeping(
  { rootDir, logDir, logLinks: linksDir }: Pick<DaemonOptions, 'rootDir' | 'logDir' | 'logLinks'>,
  logger: Logger,
): LogKeeping {
  const directories = fileLogDirectories(rootDir, logger);
  return {
    logs: notedPodLogs(filePodLogs, directories),
    directories,
    ...(linksDir !== undefined && { links: new LogLinks({ linksDir, logDir, directories, logger }) }),
  };
}

export function nodeLogUpkeep(given: {
  readonly options: Pick<DaemonOptions, 'logDir' | 'logRotation'>;
  readonly ports: NodePorts;
  readonly cri: Cri;
  readonly reconciler: Pick<Reconciler, 'inventory'>;
  readonly keeping: LogKeeping;
}): LogUpkeep {
  const { options, ports, cri, reconciler, keeping } = given;
  const { clock, logger } = ports;
  const { logs, directories, links } = keeping;
  const pods = () => reconciler.inventory();
  return createLogUpkeep({
    ...{ clock, logDir: options.logDir, pods },
    rotation: new LogRotation(
      { clock, logger, reopen: (id) => cri.reopenContainerLog(id) },
      options.logRotation,
    ),
    ...(links && { links }),
    orphans: new OrphanedLogs({ directories, logs, pods, present: () => presentPods(cri), logger }),
  });
}

async function presentPods(cri: Cri): Promise<ReadonlySet<PodUid>> {
  const [sandboxes, containers] = await Promise.all([cri.listSandboxes(), cri.listContainers()]);
  return new Set([
    ...sandboxes.map(({ uid }) => uid),
    ...containers.map(({ labels }) => asPodUid(labels[label.podUid] ?? '')),
  ]);
}
