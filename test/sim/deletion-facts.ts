import type { VirtualClock } from '../fakes/virtual-clock.ts';

/** What somebody asked for through the API. */
export interface Deletion {
  /** The pod's own where it is undefined. */
  readonly graceSeconds: number | undefined;
  readonly askedAtMs: number;
  /** When it was answered: from then on it has to be done. */
  acknowledgedAtMs?: number;
}

/** Deletions of pods that are still there, the oldest first. */
export class DeletionFacts {
  readonly #clock: VirtualClock;
  readonly #byUid = new Map<string, Deletion[]>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  of(uid: string): readonly Deletion[] {
    return this.#byUid.get(uid) ?? [];
  }

  /** Pods that have to go. */
  get acknowledged(): readonly string[] {
    const isDone = (all: readonly Deletion[]): boolean =>
      all.some(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined);
    return [...this.#byUid].flatMap(([uid, all]) => (isDone(all) ? uid : []));
  }

  ask(uid: string, graceSeconds: number | undefined): Deletion {
    const deletion = { graceSeconds, askedAtMs: this.#clock.monotonicMs() };
    this.#byUid.set(uid, [...this.of(uid), deletion]);
    return deletion;
  }

  acknowledge(deletion: Deletion): void {
    deletion.acknowledgedAtMs = this.#clock.monotonicMs();
  }

  /** The answer was an error: nothing was deleted. */
  refuse(uid: string, deletion: Deletion): void {
    this.#byUid.set(
      uid,
      this.of(uid).filter((each) => each !== deletion),
    );
  }

  /** The pod is gone, or nothing tells any more that it was deleted. */
  forget(uid: string): void {
    this.#byUid.delete(uid);
  }
}
