import type { Clock } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { ImageFailure } from './image-events.ts';
import type { ImageNeed } from './image-need.ts';

/** Pull back-off (kubelet: images/image_manager.go): 10 s, doubling to 5 min, forgotten after 10 min without a failure. */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;
const BACKOFF_FORGET_MS = 600_000;
/** For how long a failure is told as such before it is told as waiting. */
export const FRESH_FAILURE_MS = 2_000;

/** Some runtimes begin the error with a word that is a reason of its own (kubelet: evalCRIPullErr). */
const TOLD_REASONS = {
  RegistryUnavailable: 'the registry is unavailable',
  SignatureValidationFailed: 'the signature validation failed',
} as const;

interface Failure extends ImageFailure {
  readonly steps: number;
  readonly atMs: number;
  readonly untilMs: number;
  /** The image was there since. */
  readonly isOver?: true;
}

/** Failures to get images, and until when each keeps its pod from trying again. Memory only. */
export class PullBackoff {
  readonly #clock: Clock;
  readonly #failures = new Map<PodUid, Map<string, Failure>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The failure that holds now, in the words of the moment. */
  standing(need: ImageNeed): (ImageFailure & { readonly untilMs: number }) | undefined {
    const failure = this.#failures.get(need.uid)?.get(keyOf(need));
    const nowMs = this.#clock.nowMs();
    if (failure === undefined || !holds(failure, nowMs)) return undefined;
    return { untilMs: failure.untilMs, ...describe(failure, need.image, nowMs) };
  }

  /** The last failure, whether it holds or not, unless the image was there since. */
  last(need: ImageNeed): { readonly reason: string; readonly message: string } | undefined {
    const failure = this.#failures.get(need.uid)?.get(keyOf(need));
    if (failure === undefined || failure.isOver) return undefined;
    return describe(failure, need.image, this.#clock.nowMs());
  }

  /** The image is there. The next failure waits for longer all the same (kubelet: a success resets nothing). */
  succeed(need: ImageNeed): void {
    this.#change(need, () => ({ isOver: true }));
  }

  /**
   * Containers of one pod that share an image fail together: one failure (kubelet: the back-off key is pod and image). Returns until when a
   * new one holds; undefined where it adds nothing to one that holds.
   */
  note(need: ImageNeed, { reason, message }: ImageFailure): number | undefined {
    const failures = this.#failures.get(need.uid) ?? new Map<string, Failure>();
    this.#failures.set(need.uid, failures);
    const atMs = this.#clock.nowMs();
    const before = failures.get(keyOf(need));
    if (before !== undefined && holds(before, atMs)) return undefined;
    const steps = before === undefined || atMs - before.atMs > BACKOFF_FORGET_MS ? 0 : before.steps + 1;
    const untilMs = atMs + Math.min(BACKOFF_FIRST_MS * 2 ** steps, BACKOFF_MAX_MS);
    failures.set(keyOf(need), { steps, atMs, untilMs, reason, message });
    return untilMs;
  }

  /** Ends the waiting of one failure; the next one waits for longer all the same. */
  lift(need: ImageNeed): void {
    this.#change(need, ({ atMs }) => ({ untilMs: atMs }));
  }

  /** Forgets the failures of one pod, or all. */
  forget(uid?: PodUid): void {
    if (uid === undefined) this.#failures.clear();
    else this.#failures.delete(uid);
  }

  #change(need: ImageNeed, change: (failure: Failure) => Partial<Failure>): void {
    const failures = this.#failures.get(need.uid);
    const failure = failures?.get(keyOf(need));
    if (failure !== undefined) failures?.set(keyOf(need), { ...failure, ...change(failure) });
  }
}

/** Why a pull failed, in the kubelet's words where the runtime gave one of its reasons. */
export function pullFailure(image: string, error: string): ImageFailure {
  const told = `Failed to pull image "${image}": ${error}`;
  for (const [reason, what] of Object.entries(TOLD_REASONS)) {
    if (!error.startsWith(reason)) continue;
    const message = `image pull failed for ${image} because ${what}${error.slice(reason.length)}`;
    return { reason, message, told };
  }
  return { reason: 'ErrImagePull', message: told };
}

/** Whether waiting for another try is told as ImagePullBackOff, once the failure is not fresh any more. */
export function isPullFailure({ reason }: ImageFailure): boolean {
  return reason === 'ErrImagePull' || reason in TOLD_REASONS;
}

/** What never pulls says nothing of what does, nor what always pulls of what is content with an image that is there. */
function keyOf({ policy, image }: ImageNeed): string {
  return `${policy} ${image}`;
}

/** A clock that was set back behind the failure ends the waiting. */
function holds({ atMs, untilMs }: Failure, nowMs: number): boolean {
  return atMs <= nowMs && nowMs < untilMs;
}

function describe(failure: Failure, image: string, nowMs: number): ImageFailure {
  const { reason, message } = failure;
  if (!isPullFailure(failure) || nowMs - failure.atMs < FRESH_FAILURE_MS) return { reason, message };
  return { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ${reason}: ${message}` };
}
