import { existsSync } from 'node:fs';
import { connectCri } from '../cri/index.ts';
import type { Action } from '../plan/index.ts';
import { asOwnerId, podKey } from '../pod/index.ts';
import { fileObjectRecords, readOwnership } from '../state/index.ts';
import type { NodeReport } from '../status/index.ts';
import type { Target } from '../targets/index.ts';
import { createReconciler } from './create-reconciler.ts';
import { maskRecords, maskSecrets } from './mask-secrets.ts';
import { addedContainers, manifestDirectories } from './node.ts';
import { nodeManifests } from './node-manifests.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** The next plan of one pod. */
export interface PlannedPod {
  readonly pod: string;
  readonly uid: string;
  readonly wanted: Target['kind'];
  readonly file: string;
  readonly actions: readonly unknown[];
  readonly waits: readonly unknown[];
}

export interface DryRun {
  readonly pods: readonly PlannedPod[];
  readonly refused: NodeReport['refused'];
}

/** One look and one plan, with nothing written, made or locked. Rejects when the runtime does not answer. */
export async function dryRun(options: DaemonOptions, ports: NodePorts): Promise<DryRun> {
  const { clock, random, logger } = ports;
  const ownership = (await readOwnership(options.rootDir)) ?? { id: asOwnerId(random.uuid()), adopted: [] };
  const cri = connectCri({ endpoint: options.socketPath, clock });
  // Nothing is made: before its first start a node has no directory for the API's objects.
  const directories = manifestDirectories(options).filter(
    (directory) => options.manifestDirs.includes(directory) || existsSync(directory),
  );
  const manifests = nodeManifests(directories, { ...options, readOnly: true }, ports);
  const added = await addedContainers(options, ports);
  // What never enters a plan cannot be printed with it.
  const masked = { load: async () => maskSecrets(added.find(await manifests.load())) };
  const objectRecords = maskRecords(fileObjectRecords(options.rootDir, logger));
  const reconciler = createReconciler({ options, ports, ownership, cri, manifests: masked, objectRecords });
  try {
    manifests.watch(() => undefined);
    await manifests.firstAnswers();
    const planned = await reconciler.planOnce();
    const pods = planned.map(({ target, plan }) => ({
      pod: target.kind === 'run' ? podKey(target.pod.metadata) : target.key,
      uid: target.uid,
      wanted: target.kind,
      file: target.file,
      ...plan,
      actions: plan.actions.every(isPreparation) ? [] : plan.actions,
    }));
    return { pods, refused: reconciler.report().refused };
  } finally {
    await manifests.unwatch();
    await manifests.close();
    cri.close();
  }
}

/**
 * Whether it makes what a pod needs beside its containers, or takes it from one that was evicted. After every start this is done again,
 * which changes nothing unless objects have changed, and restarts nothing even then: alone it is no news.
 */
function isPreparation({ type }: Action): boolean {
  return type === 'set-up-cgroup' || type === 'set-up-volumes' || type === 'tear-down-volumes';
}
