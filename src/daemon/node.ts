import { join } from 'node:path';
import { type Logger, messageOf, sleep } from '../base/index.ts';
import { type Cri, checkRuntime, connectCri, subscribeTaskEvents } from '../cri/index.ts';
import { readMachineUsage, readPodUsage } from '../host/index.ts';
import { PulledImages } from '../images/index.ts';
import { countCalls, NodeMetrics } from '../metrics/index.ts';
import type { TellEvent } from '../pod/index.ts';
import { adoptForeign, type Reconciler } from '../reconcile/index.ts';
import { type PrivateContainerd, startPrivateContainerd } from '../standalone/index.ts';
import {
  ensureOwnership,
  fileImageRecords,
  isOnRecord,
  lockRootDir,
  type Ownership,
  type RootLock,
  sweepPodRecords,
  writeOwnership,
} from '../state/index.ts';
import { createEventLog, type EventLog } from '../status/index.ts';
import { AddedContainers, objectsDirectory, prepareObjects } from '../store/index.ts';
import { createReconciler } from './create-reconciler.ts';
import { nodeHousekeeping } from './node-housekeeping.ts';
import { createLogKeeping, nodeLogUpkeep } from './node-logs.ts';
import { nodeManifests } from './node-manifests.ts';
import { type NodeMeters, nodeMeters } from './node-usage.ts';
import { besideUnread, recordedSources } from './only-objects.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** A reconciler with everything it needs, holding the root directory. */
export interface Node {
  readonly reconciler: Reconciler;
  readonly events: EventLog;
  readonly cri: Cri;
  /** What it does, and what is used on it. */
  readonly metrics: NodeMetrics;
  readonly meters: NodeMeters;
  /** Part of what the manifests say. */
  readonly added: AddedContainers;
  /** Calls back when something has happened to a pod. */
  onEvent(listener: () => void): void;
  /** Resolves when every URL of manifests was asked once, whatever came of it. */
  firstAnswers(): Promise<void>;
  /** Begins to reconcile; first waits for the runtime where pods are to be adopted. */
  start(): Promise<void>;
  /** Leaves pods, and a private containerd, running. Safe to call before start has ended. */
  close(): Promise<void>;
}

/** How often a runtime that does not answer is asked again before the first pass. */
const RETRY_MS = 1_000;

/**
 * Takes the root directory and puts the rooms together. Rejects with ROOT_DIR_LOCKED, STATE_IO or STANDALONE_FAILED, whose messages are
 * for the user. A runtime that does not answer is no reason to: the loop waits for it.
 */
export async function createNode(options: DaemonOptions, ports: NodePorts): Promise<Node> {
  const lock = await lockRootDir(options.rootDir, options.onlyObjects !== true);
  try {
    const ownership = await ensureOwnership(options.rootDir, ports.random);
    await sweepPodRecords(options.rootDir);
    await prepareObjects(options.rootDir);
    const added = await addedContainers(options, ports);
    await added.prepare();
    const containerd = options.standalone ? await startContainerd(options, ports) : undefined;
    const unread = options.onlyObjects === true ? await recordedSources(options.rootDir, ports) : [];
    return assemble({ options, ports, lock, ownership, containerd, added, unread });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function startContainerd(options: DaemonOptions, { clock, logger }: NodePorts): Promise<PrivateContainerd> {
  return startPrivateContainerd({ rootDir: options.rootDir, socket: options.socketPath, clock, logger });
}

interface Parts {
  readonly options: DaemonOptions;
  readonly ports: NodePorts;
  readonly lock: RootLock;
  readonly ownership: Ownership;
  readonly containerd: PrivateContainerd | undefined;
  readonly added: AddedContainers;
  /** Sources that are left alone. */
  readonly unread: readonly string[];
}

function assemble({ options, ports, lock, ownership, containerd, added, unread }: Parts): Node {
  const { clock, logger } = ports;
  const endpoint = containerd?.endpoint ?? options.socketPath;
  const connection = connectCri({ endpoint, clock });
  const metrics = new NodeMetrics(clock);
  const cri = countCalls(connection, clock, metrics);
  const manifests = nodeManifests(manifestDirectories(options), options, ports);
  const ending = new AbortController();
  const pulled = new PulledImages({ cri, clock, logger, records: fileImageRecords(options.rootDir, logger) });
  const events = createEventLog({ clock, logger, file: join(options.rootDir, 'events.jsonl') });
  const listeners = new Set<() => void>();
  const tell: TellEvent = (event) => {
    events.tell(event);
    metrics.told(event);
    for (const listener of listeners) listener();
  };
  const keeping = createLogKeeping(options, logger);
  const { logs } = keeping;
  const reconciler = createReconciler({
    ...{ options, ports, ownership, cri, logs, claims: pulled, tell, metrics },
    manifests: added.over(besideUnread(manifests, unread)),
  });
  const logUpkeep = nodeLogUpkeep({ options, ports, cri, reconciler, keeping });
  reconciler.onChange(() => logUpkeep.look());
  const housekeeping = nodeHousekeeping({ options, ports, cri, reconciler, pulled });
  manifests.watch(() => reconciler.hintManifests());
  return {
    reconciler,
    events,
    cri,
    metrics,
    meters: nodeMeters({
      ...{ clock, cri, machine: () => readMachineUsage() },
      pods: () => readPodUsage(reconciler.report().pods),
    }),
    added,
    onEvent: (listener) => void listeners.add(listener),
    firstAnswers: () => manifests.firstAnswers(),
    async start() {
      await events.load();
      void tellRuntime(cri, logger);
      if (options.adopt)
        reconciler.adopt(await adopt({ cri, ownership, options, ports, signal: ending.signal }));
      if (ending.signal.aborted) return;
      await reconciler.start();
      if (options.onlyObjects !== true) {
        housekeeping.start();
        logUpkeep.start();
      }
      const onEvent = ({ topic, containerId }: { topic: string; containerId?: string }): void => {
        if (topic === '/tasks/exit' || topic === '/tasks/oom') reconciler.hint(containerId);
      };
      void subscribeTaskEvents({ endpoint, clock, logger, signal: ending.signal, onEvent });
      if (containerd !== undefined)
        void importImages({ containerd, reconciler, options, ports, signal: ending.signal });
    },
    async close() {
      ending.abort();
      await manifests.unwatch();
      await Promise.all([housekeeping.close(), logUpkeep.close()]);
      await reconciler.stop();
      await events.close();
      await manifests.close();
      connection.close();
      await containerd?.close();
      await lock.release();
    },
  };
}

/** What was added to the pods of the user's files, as an earlier daemon left it. */
export async function addedContainers(
  { rootDir, maxManifestBytes }: Pick<DaemonOptions, 'rootDir' | 'maxManifestBytes'>,
  { logger }: Pick<NodePorts, 'logger'>,
): Promise<AddedContainers> {
  const added = new AddedContainers({ rootDir, maxManifestBytes, logger });
  await added.restore((uid) => isOnRecord(rootDir, uid));
  return added;
}

/** Those that the user gave, and last the one in which the API keeps its objects. */
export function manifestDirectories({
  manifestDirs,
  rootDir,
}: Pick<DaemonOptions, 'manifestDirs' | 'rootDir'>): readonly string[] {
  return [...new Set([...manifestDirs, objectsDirectory(rootDir)])];
}

/** Says once what the runtime is, or what is wrong with it. */
async function tellRuntime(cri: Cri, logger: Logger): Promise<void> {
  try {
    const { name, version, message } = await checkRuntime(cri);
    if (message === '') logger.info({ runtime: name, version }, 'runtime is ready');
    else logger.warn({ runtime: name, version, err: message }, 'runtime is not ready');
  } catch {
    // The loop tells of a runtime that does not answer.
  }
}

/** Takes over what other tinylets left on the runtime; records it before the first pass. Waits for the runtime. */
async function adopt(given: {
  cri: Cri;
  ownership: Ownership;
  options: DaemonOptions;
  ports: NodePorts;
  signal: AbortSignal;
}): Promise<readonly Ownership['id'][]> {
  const { cri, ownership, options, ports, signal } = given;
  while (!signal.aborted) {
    try {
      const adopted = await adoptForeign(cri, ownership);
      if (adopted.length > ownership.adopted.length) {
        await writeOwnership(options.rootDir, { ...ownership, adopted });
        ports.logger.info({ owners: adopted }, 'took over the pods of other tinylets');
      }
      return adopted;
    } catch (error) {
      ports.logger.warn({ err: messageOf(error) }, 'cannot adopt yet');
      await sleep(ports.clock, RETRY_MS, signal);
    }
  }
  return ownership.adopted;
}

/** Archives that appear later are imported within a pass, and pods that missed an image look again. */
async function importImages(given: {
  containerd: PrivateContainerd;
  reconciler: Reconciler;
  options: DaemonOptions;
  ports: NodePorts;
  signal: AbortSignal;
}): Promise<void> {
  const { containerd, reconciler, options, ports, signal } = given;
  while (!signal.aborted) {
    await sleep(ports.clock, options.intervalMs, signal);
    if (signal.aborted) return;
    try {
      if ((await containerd.importImages()).length > 0) reconciler.hintImages();
    } catch (error) {
      ports.logger.warn({ err: messageOf(error) }, 'images cannot be imported');
    }
  }
}
