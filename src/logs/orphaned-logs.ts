import { type Logger, messageOf } from '../base/index.ts';
import { isUnknownPod, type PodPresence, type PodUid } from '../pod/index.ts';
import type { LogDirectories } from './log-directories.ts';
import type { PodLogs } from './pod-logs.ts';

export interface OrphanedLogsPorts {
  readonly directories: Pick<LogDirectories, 'all'>;
  /** Removes a directory, and the note of it. */
  readonly logs: Pick<PodLogs, 'removePod'>;
  readonly pods: () => PodPresence;
  /** The pods of every sandbox and container in the runtime, whoever's they are. */
  readonly present: () => Promise<ReadonlySet<PodUid>>;
  readonly logger: Logger;
}

/** How many directories go in one look: the others can wait for the next. */
const MOST_AT_ONCE = 10;

/**
 * Log directories that tinylet made for pods that nobody knows any more (kubelet: evictPodLogsDirectories): no manifest, record or
 * container is of them. Usually a pod's directory goes with it; what is found here was left by a lost record, a pod that had another
 * name, or another log directory. It has to be so at two looks in a row.
 */
export class OrphanedLogs {
  readonly #ports: OrphanedLogsPorts;
  /** Orphans of the last look. */
  #seen: ReadonlySet<PodUid> = new Set();
  /** Why the last try failed, told once. */
  readonly #failed = new Map<string, string>();

  constructor(ports: OrphanedLogsPorts) {
    this.#ports = ports;
  }

  /** Never rejects. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      const orphans = await this.#find();
      const due = [...orphans].filter(([uid]) => this.#seen.has(uid));
      this.#seen = new Set(orphans.keys());
      const places = due.flatMap(([uid, directories]) =>
        directories.map((directory) => ({ uid, directory })),
      );
      for (const { uid, directory } of this.#untriedFirst(places).slice(0, MOST_AT_ONCE)) {
        if (signal.aborted) return;
        if (isUnknownPod(this.#ports.pods(), uid)) await this.#remove(uid, directory);
      }
    } catch (error) {
      this.#ports.logger.warn({ err: messageOf(error) }, 'orphaned logs cannot be looked for');
    }
  }

  /** The notes are read first: a pod that begins meanwhile is known by the time it is asked for. */
  async #find(): Promise<ReadonlyMap<PodUid, readonly string[]>> {
    const noted = [...(await this.#ports.directories.all())];
    // One look at all that is known serves all of them: it is not for free.
    const pods = this.#ports.pods();
    const unknown = noted.filter(([uid]) => isUnknownPod(pods, uid));
    if (unknown.length === 0) return new Map();
    const present = await this.#ports.present();
    return new Map(unknown.filter(([uid]) => !present.has(uid)));
  }

  #untriedFirst<T extends { readonly directory: string }>(places: readonly T[]): readonly T[] {
    const directories = new Set(places.map(({ directory }) => directory));
    for (const directory of this.#failed.keys())
      if (!directories.has(directory)) this.#failed.delete(directory);
    const hasFailed = ({ directory }: T): boolean => this.#failed.has(directory);
    return [...places.filter((place) => !hasFailed(place)), ...places.filter(hasFailed)];
  }

  async #remove(uid: PodUid, directory: string): Promise<void> {
    const { logs, logger } = this.#ports;
    try {
      await logs.removePod(directory);
      const reason = 'no manifest, no record and no container is of this pod';
      logger.info({ uid, file: directory, reason }, 'orphaned log directory removed');
      this.#failed.delete(directory);
    } catch (error) {
      const err = messageOf(error);
      if (this.#failed.get(directory) !== err)
        logger.warn({ uid, file: directory, err }, 'orphaned log directory cannot be removed');
      this.#failed.set(directory, err);
    }
  }
}
