import { type Logger, messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { PodCgroups } from '../host/index.ts';
import { asPodUid, isUnknownPod, label, type PodPresence, type PodUid } from '../pod/index.ts';
import type { PodDirectories } from '../volumes/index.ts';

export interface OrphanPodsPorts {
  readonly cri: Pick<Cri, 'listSandboxes' | 'listContainers'>;
  readonly directories: PodDirectories;
  readonly cgroups: Pick<PodCgroups, 'remove'>;
  readonly inventory: () => PodPresence;
  readonly logger: Logger;
}

/** How many go in one sweep: the others have waited, and can wait a minute more. */
const MOST_AT_ONCE = 10;

/**
 * What is left of pods that nobody knows any more: a directory under the root directory whose pod is not wanted, has no record, and no
 * sandbox or container in the runtime, whoever's (kubelet: cleanupOrphanedPodDirs). It has to be so at two sweeps in a row. With the
 * directory goes the pod's cgroup; a cgroup without a directory may be anybody's.
 */
export class OrphanPods {
  readonly #ports: OrphanPodsPorts;
  /** Orphans of the last sweep. */
  #seen: ReadonlySet<PodUid> = new Set();
  /** Why the last try failed, told once. */
  readonly #failed = new Map<PodUid, string>();

  constructor(ports: OrphanPodsPorts) {
    this.#ports = ports;
  }

  /** Never rejects. */
  async sweep(signal: AbortSignal): Promise<void> {
    try {
      const orphans = await this.#find();
      const due = orphans.filter((uid) => this.#seen.has(uid));
      this.#seen = new Set(orphans);
      for (const uid of this.#failed.keys()) if (!this.#seen.has(uid)) this.#failed.delete(uid);
      const untried = due.filter((uid) => !this.#failed.has(uid));
      const failed = due.filter((uid) => this.#failed.has(uid));
      for (const uid of [...untried, ...failed].slice(0, MOST_AT_ONCE)) {
        if (signal.aborted) return;
        if (isUnknownPod(this.#ports.inventory(), uid)) await this.#remove(uid);
      }
    } catch (error) {
      this.#ports.logger.warn({ err: messageOf(error) }, 'orphaned pods cannot be looked for');
    }
  }

  /** The directories are read first: a pod that begins meanwhile is known by the time it is asked for. */
  async #find(): Promise<readonly PodUid[]> {
    const { cri, directories, inventory } = this.#ports;
    if (!inventory().complete) return [];
    const uids = await directories.list();
    // One look at all that is known serves all of them: it is not for free.
    const known = inventory();
    if (!uids.some((uid) => isUnknownPod(known, uid))) return [];
    const [sandboxes, containers] = await Promise.all([cri.listSandboxes(), cri.listContainers()]);
    const present = new Set([
      ...sandboxes.map(({ uid }) => uid),
      ...containers.map(({ labels }) => asPodUid(labels[label.podUid] ?? '')),
    ]);
    const now = inventory();
    return uids.filter((uid) => isUnknownPod(now, uid) && !present.has(uid));
  }

  /** The cgroup first: only the directory leads there. */
  async #remove(uid: PodUid): Promise<void> {
    const { cgroups, directories, logger } = this.#ports;
    try {
      await cgroups.remove(uid);
      const unmounted = await directories.remove(uid);
      const reason = 'no manifest, no record and no container is of this pod';
      logger.info(
        { uid, reason, ...(unmounted.length > 0 && { unmounted }) },
        'orphaned pod directory removed',
      );
      this.#failed.delete(uid);
    } catch (error) {
      const err = messageOf(error);
      if (this.#failed.get(uid) !== err)
        logger.warn({ uid, err }, 'orphaned pod directory cannot be removed');
      this.#failed.set(uid, err);
    }
  }
}
