import type { Clock } from '../base/index.ts';
import type { PodEvent } from '../pod/index.ts';

interface Pulls {
  readonly beganMs: number;
  endedMs: number;
}

/** How long each pod's images were pulled, from the first that began until the last that was had: all at once, so it is one time. */
export class PodPulls {
  readonly #clock: Clock;
  readonly #pulls = new Map<string, Pulls>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  told({ uid, reason, message }: PodEvent): void {
    const nowMs = this.#clock.monotonicMs();
    const pulls = this.#pulls.get(uid);
    if (reason === 'Pulling' && pulls === undefined) this.#pulls.set(uid, { beganMs: nowMs, endedMs: nowMs });
    // `Pulled` is told of images that were there, too: the kubelet's words tell them apart.
    if (reason === 'Pulled' && pulls !== undefined && message.startsWith('Successfully pulled'))
      pulls.endedMs = nowMs;
  }

  tookMs(uid: string): number {
    const { beganMs = 0, endedMs = 0 } = this.#pulls.get(uid) ?? {};
    return endedMs - beganMs;
  }

  forget(uid: string): void {
    this.#pulls.delete(uid);
  }
}
