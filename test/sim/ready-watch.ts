import type { PodUid } from '../../src/pod/index.ts';
import { unready } from './readiness.ts';
import type { World } from './world.ts';

/** A look at the runtime, a pass, and time to spare: later than that a status is wrong. */
const LAG_MS = 10_000;

/** Holds what the daemon says of its pods against what they are: none is Ready while a container of it is not. */
export class ReadyWatch {
  readonly #world: World;
  /** Since when a pod is said to be Ready and is not. */
  readonly #wrongSinceMs = new Map<PodUid, number>();

  constructor(world: World) {
    this.#world = world;
  }

  look(): void {
    const { daemon, clock, facts, safety } = this.#world;
    const nowMs = clock.monotonicMs();
    for (const { uid, name, conditions } of daemon?.reconciler.report().pods ?? []) {
      const record = facts.records.get(uid);
      const isSaid = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
      const isWrong = isSaid && record !== undefined && unready(facts, record) !== undefined;
      // What slowed the daemon down may excuse it.
      const sinceMs = Math.max(
        this.#wrongSinceMs.get(uid) ?? nowMs,
        facts.disturbedAtMs,
        facts.daemonStartedMs,
      );
      if (!isWrong) this.#wrongSinceMs.delete(uid);
      else if (nowMs - sinceMs > LAG_MS) safety.violate('ready', name, 'is said to be Ready and is not');
      else this.#wrongSinceMs.set(uid, sinceMs);
    }
  }
}
