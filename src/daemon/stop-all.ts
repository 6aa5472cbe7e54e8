import { access } from 'node:fs/promises';
import { isAlive, type Logger, signalProcess, sleep, TinyletError } from '../base/index.ts';
import { connectCri, socketPathOf } from '../cri/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import { findPrivateContainerd, startPrivateContainerd, stopPrivateContainerd } from '../standalone/index.ts';
import {
  filePodRecords,
  lockRootDir,
  readLockHolder,
  readOwnership,
  sweepPodRecords,
} from '../state/index.ts';
import { createReconciler } from './create-reconciler.ts';
import { createLogKeeping } from './node-logs.ts';
import type { NodePorts } from './options.ts';

export interface StopAllOptions {
  readonly rootDir: string;
  readonly logDir: string;
  /** Where links to logs were kept. */
  readonly logLinks?: string;
  /** Undefined where none was given: then the private containerd of the root directory, else the usual socket. */
  readonly socketPath: string | undefined;
  readonly runtimeRoot?: string;
}

const DEFAULT_SOCKET = '/run/containerd/containerd.sock';
const POLL_MS = 50;
const DAEMON_PATIENCE_MS = 10_000;
/** A removal that makes no progress for this long is given up; the longest grace period asked for comes on top. */
const REMOVAL_PATIENCE_MS = 60_000;

/** What `stop --all` did. */
export interface StopAllResult {
  readonly daemonStopped: boolean;
  readonly podsRemoved: number;
  readonly containerdStopped: boolean;
}

/** Stops the daemon, then its pods, then a private containerd; never a shared one. Rejects where one of them stays. */
export async function stopAll(options: StopAllOptions, ports: NodePorts): Promise<StopAllResult> {
  const daemonStopped = await stopDaemon(options.rootDir, ports);
  const ownership = await readOwnership(options.rootDir);
  if (ownership === undefined) return { daemonStopped, podsRemoved: 0, containerdStopped: false };
  const lock = await lockRootDir(options.rootDir);
  try {
    const { clock, logger } = ports;
    await sweepPodRecords(options.rootDir);
    const privateSocket = await findPrivateContainerd(options.rootDir);
    const { rootDir } = options;
    const standalone = privateSocket !== undefined && (options.socketPath ?? privateSocket) === privateSocket;
    // A private containerd that died is started once more: its pods may still run and only it can end them properly.
    const containerd = standalone
      ? await startPrivateContainerd({ rootDir, socket: privateSocket, clock, logger })
      : undefined;
    const endpoint = containerd?.endpoint ?? options.socketPath ?? DEFAULT_SOCKET;
    const podsRemoved = (await mayHavePods(options, { logger, endpoint }))
      ? await removePods(options, { ...ports, endpoint })
      : 0;
    await containerd?.close();
    const containerdStopped =
      standalone && (await stopPrivateContainerd({ rootDir, socket: privateSocket, clock, logger }));
    return { daemonStopped, podsRemoved, containerdStopped };
  } finally {
    await lock.release();
  }
}

/** Without a runtime and without a record there is nothing to wait for: all was stopped before. */
async function mayHavePods(
  { rootDir }: StopAllOptions,
  { logger, endpoint }: { logger: Logger; endpoint: string },
): Promise<boolean> {
  const served = await access(socketPathOf(endpoint)).then(
    () => true,
    () => false,
  );
  return served || (await filePodRecords(rootDir, logger).load()).length > 0;
}

async function stopDaemon(rootDir: string, { clock, logger }: NodePorts): Promise<boolean> {
  const daemon = await readLockHolder(rootDir);
  // Anything else that holds the root directory comes to its end by itself; taking the lock tells of it.
  if (daemon === undefined || !daemon.isDaemon) return false;
  const endMs = clock.monotonicMs() + DAEMON_PATIENCE_MS;
  await signalProcess(daemon, 'SIGTERM');
  while (await isAlive(daemon)) {
    if (clock.monotonicMs() > endMs) {
      logger.warn({ pid: daemon.pid }, 'daemon does not end: killing it');
      await signalProcess(daemon, 'SIGKILL');
    }
    await sleep(clock, POLL_MS);
  }
  return true;
}

/** Reconciles towards no manifests at all. */
async function removePods(options: StopAllOptions, ports: NodePorts & { endpoint: string }): Promise<number> {
  const { clock, logger } = ports;
  const ownership = await readOwnership(options.rootDir);
  if (ownership === undefined) return 0;
  const cri = connectCri({ endpoint: ports.endpoint, clock });
  const { logs, links } = createLogKeeping(options, logger);
  const reconciler = createReconciler({
    options: { ...options, nodeName: '', intervalMs: POLL_MS * 10 },
    ports,
    ownership,
    cri,
    manifests: { load: async () => ({ directories: [] }) },
    logs,
  });
  try {
    await reconciler.start();
    const removed = await untilEmpty(reconciler, clock, logger);
    await links?.sync([]);
    return removed;
  } finally {
    await reconciler.stop();
    cri.close();
  }
}

async function untilEmpty(
  reconciler: Reconciler,
  clock: NodePorts['clock'],
  logger: Logger,
): Promise<number> {
  let most = 0;
  let left = Number.POSITIVE_INFINITY;
  let progressMs = clock.monotonicMs();
  for (;;) {
    const { pods, passes, runtime } = reconciler.report();
    most = Math.max(most, pods.length);
    if (passes > 0 && pods.length === 0) return most;
    if (pods.length < left) {
      left = pods.length;
      progressMs = clock.monotonicMs();
    }
    if (clock.monotonicMs() - progressMs > REMOVAL_PATIENCE_MS + reconciler.longestGraceMs()) {
      logger.error({ pods: pods.map(({ namespace, name }) => `${namespace}/${name}`) }, 'pods will not go');
      throw new TinyletError('CRI_FAILED', runtime.message ?? `${pods.length} pods could not be removed`);
    }
    if (
      passes === 0 &&
      runtime.message !== undefined &&
      clock.monotonicMs() - progressMs > DAEMON_PATIENCE_MS
    ) {
      throw new TinyletError('CRI_UNAVAILABLE', runtime.message);
    }
    await sleep(clock, POLL_MS);
  }
}
