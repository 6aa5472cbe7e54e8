import { type Clock, type Logger, messageOf, type Timer } from '../base/index.ts';
import type { Cri, ImageInfo } from '../cri/index.ts';
import type { PodUid, TellEvent } from '../pod/index.ts';
import { type Credentials, secretCredentials } from './credentials.ts';
import { ImageEvents, type ImageFailure } from './image-events.ts';
import type { ImageNeed, ImageState, ImageUser } from './image-need.ts';
import { ImagePulls, type PulledImage } from './image-pulls.ts';
import type { NodeCredentials } from './node-credentials.ts';
import { FRESH_FAILURE_MS, isPullFailure, PullBackoff, pullFailure } from './pull-backoff.ts';
import type { PullClaims } from './pulled-images.ts';
import { pullName, repositoryOf } from './reference.ts';

/** How often an image is looked for through its back-off. The kubelet looks whenever it looks at the pod, which is at least once a minute. */
const LOOK_AGAIN_MS = 10_000;

interface PresentImage {
  readonly imageId: string;
  readonly user: ImageUser;
}

/** How the looking or pulling for one need ended. */
type Conclusion = { readonly found: ImageInfo; readonly pulled?: PulledImage } | ImageFailure;

/** A failure that keeps its pod from trying again, and the name by which the image may be there all the same. */
interface StandingFailure extends ImageFailure {
  readonly name: string;
  readonly untilMs: number;
}

type Standing = { readonly pull: Promise<PulledImage> } | PresentImage;

export interface ImageKeeperOptions {
  readonly cri: Pick<Cri, 'imageStatus' | 'pullImage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxParallelPulls: number;
  /** Registry credentials of the machine; none if absent. */
  readonly credentials?: NodeCredentials;
  /** Where it is noted what was pulled; nowhere if absent. */
  readonly claims?: PullClaims;
  readonly tell: TellEvent;
  /** Called when the state of a pod's image changed. */
  readonly onChange: (uid: PodUid) => void;
}

/**
 * Makes images present without holding up the loop: `ensure` looks and, if it must, begins a pull that goes on by itself;
 * `state` tells how far it is. One pull serves all pods that want the image. All of it is memory that a restart may lose:
 * it costs a look, or for the policy Always a pull.
 */
export class ImageKeeper {
  readonly #options: ImageKeeperOptions;
  readonly #events: ImageEvents;
  readonly #pulls: ImagePulls;
  readonly #states = new Map<PodUid, Map<string, Standing>>();
  readonly #backoff: PullBackoff;
  readonly #timers = new Set<Timer>();
  #closed = false;
  /** Needs that are being looked for, by the name asked for. */
  readonly #looking: string[] = [];
  /** Counts images that were removed: a look from before tells nothing of them. */
  #removed = 0;

  constructor(options: ImageKeeperOptions) {
    this.#options = options;
    this.#events = new ImageEvents(options.tell);
    this.#pulls = new ImagePulls(options);
    this.#backoff = new PullBackoff(options.clock);
  }

  state(need: ImageNeed): ImageState {
    const known = this.#states.get(need.uid)?.get(needKey(need));
    if (known !== undefined) return 'imageId' in known ? { state: 'ready', ...known } : { state: 'pulling' };
    const failure = this.#backoff.standing(need);
    if (failure !== undefined) return { state: 'failed', ...failure };
    const last = this.#backoff.last(need);
    return { state: 'unknown', ...(last && { last }) };
  }

  /** Looks for the image as the pull policy says. Returns once it is ready, failed, or being pulled; rejects never. */
  async ensure(need: ImageNeed): Promise<void> {
    const name = pullName(need.image);
    if (name === undefined) {
      const message = `Failed to apply default image tag "${need.image}": couldn't parse image name: invalid reference format`;
      return this.#fail(need, { reason: 'InvalidImageName', message });
    }
    if (need.policy !== 'Always') {
      const conclusion = await this.#look(need, name);
      if (conclusion === undefined && need.policy === 'Never') {
        const message = `Container image "${need.image}" is not present with pull policy of Never`;
        return this.#fail(need, { reason: 'ErrImageNeverPull', message });
      }
      if (conclusion !== undefined) return this.#conclude(need, conclusion);
    }
    const own = this.#ownCredentials(need, name);
    this.#events.pulling(need);
    const pull = this.#pulls.join({ name, uid: need.uid, own });
    this.#settle(need, { pull });
    void this.#finish(need, pull);
  }

  /** Drops what is known of one need, so that the next `ensure` looks again. */
  forget(need: ImageNeed): void {
    this.#states.get(need.uid)?.delete(needKey(need));
  }

  /** Ends the waiting after failures, of one pod or of all: what failed is looked for again at once. */
  retry(uid?: PodUid): void {
    this.#backoff.forget(uid);
  }

  /** Forgets a pod; a pull that nobody else waits for is cancelled. */
  release(uid: PodUid): void {
    this.#states.delete(uid);
    this.#backoff.forget(uid);
    this.#pulls.release(uid);
  }

  /** Begins no pull from now on; those under way go on. */
  close(): void {
    this.#pulls.close();
    this.#states.clear();
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** The ids of images that pods were told to be there, and the names that are being looked for or pulled. */
  held(): ReadonlySet<string> {
    const standings = [...this.#states.values()].flatMap((states) => [...states.values()]);
    const ids = standings.flatMap((standing) => ('imageId' in standing ? standing.imageId : []));
    return new Set([...ids, ...this.#looking, ...this.#pulls.names()]);
  }

  /** An image was removed: whoever was told that it is there asks again. */
  noteRemoved(imageId: string): void {
    this.#removed += 1;
    for (const [uid, states] of this.#states) {
      const stale = [...states].filter(([, known]) => 'imageId' in known && known.imageId === imageId);
      for (const [key] of stale) states.delete(key);
      if (stale.length > 0) this.#options.onChange(uid);
    }
  }

  /** What a removal fell into is looked at once more. */
  async #look(need: ImageNeed, name: string): Promise<Conclusion | undefined> {
    const removed = this.#removed;
    this.#looking.push(name);
    try {
      const found = await this.#options.cri.imageStatus(name);
      if (found !== undefined && removed !== this.#removed) return await this.#look(need, name);
      return found && { found };
    } catch (error) {
      return inspectFailure(need, messageOf(error));
    } finally {
      this.#looking.splice(this.#looking.indexOf(name), 1);
    }
  }

  /** A secret that is broken is passed over (kubelet: FailedToRetrieveImagePullSecret). */
  #ownCredentials(need: ImageNeed, name: string): Credentials {
    const { uid, image, pullSecrets = [] } = need;
    const repository = repositoryOf(name);
    if (repository === undefined) return { candidates: [], problems: [] };
    const own = secretCredentials(pullSecrets, repository);
    for (const err of own.problems) {
      const reason = 'FailedToRetrieveImagePullSecret';
      this.#options.logger.warn({ uid, image, reason, err }, 'pull secret passed over');
    }
    const broken = pullSecrets.filter(
      (secret) => secretCredentials([secret], repository).problems.length > 0,
    );
    if (broken.length > 0)
      this.#events.withoutSecrets(
        need,
        broken.map((secret) => secret.name),
      );
    return own;
  }

  async #finish(need: ImageNeed, pull: Promise<PulledImage>): Promise<void> {
    const conclusion = await this.#endOf(need, pull);
    if (!this.#waitsFor(need, pull)) return;
    if ('reason' in conclusion) {
      const { image, uid } = need;
      this.#options.logger.warn({ image, uid, err: conclusion.message }, 'image pull failed');
    }
    this.#conclude(need, conclusion);
    this.#options.onChange(need.uid);
  }

  /** A pull tells the id alone; whose user the image is meant for is told by its status. */
  async #endOf(need: ImageNeed, pull: Promise<PulledImage>): Promise<Conclusion> {
    try {
      const pulled = await pull;
      const conclusion = await this.#look(need, pulled.ref);
      if (conclusion === undefined) return inspectFailure(need, 'it is gone after it was pulled');
      return 'found' in conclusion ? { ...conclusion, pulled } : conclusion;
    } catch (error) {
      return pullFailure(need.image, messageOf(error));
    }
  }

  /** False once the pod was forgotten, even if it came back and waits for another pull of the same image. */
  #waitsFor(need: ImageNeed, pull: Promise<PulledImage>): boolean {
    const standing = this.#states.get(need.uid)?.get(needKey(need));
    return standing !== undefined && 'pull' in standing && standing.pull === pull;
  }

  #conclude(need: ImageNeed, conclusion: Conclusion): void {
    if ('reason' in conclusion) this.#fail(need, conclusion);
    else {
      const { found, pulled } = conclusion;
      if (pulled === undefined) this.#events.present(need);
      else this.#events.pulled(need, pulled, found.sizeBytes);
      this.#backoff.succeed(need);
      this.#settle(need, { imageId: found.id, user: userOf(found) });
    }
  }

  /**
   * An older instance's need is dropped. One instance may have several: of the version that runs, and of the one that is to take its
   * place.
   */
  #settle(need: ImageNeed, state: Standing | undefined): void {
    const states = this.#states.get(need.uid) ?? new Map<string, Standing>();
    this.#states.set(need.uid, states);
    for (const key of states.keys()) {
      const isOfContainer = key.startsWith(`${need.container}/`);
      if (isOfContainer && !key.startsWith(`${need.container}/${need.attempt}/`)) states.delete(key);
    }
    if (state === undefined) states.delete(needKey(need));
    else states.set(needKey(need), state);
  }

  #fail(need: ImageNeed, failure: ImageFailure): void {
    this.#settle(need, undefined);
    const untilMs = this.#backoff.note(need, failure);
    this.#events.failed(need, failure);
    if (isPullFailure(failure)) this.#tellBackOff(need);
    const name = pullName(need.image);
    if (untilMs !== undefined && name !== undefined && need.policy !== 'Always')
      this.#watchFor(need, { ...failure, name, untilMs });
  }

  /** Told once for each failure, as soon as that is not fresh any more. */
  #tellBackOff(need: ImageNeed): void {
    this.#after(FRESH_FAILURE_MS, () => {
      if (this.#backoff.standing(need)?.reason === 'ImagePullBackOff') this.#events.backingOff(need);
    });
  }

  /**
   * While a failure holds, others may bring the image, as `ctr images import` does: what is there needs no pull, and so need not wait for
   * one. Nor need it wait longer where it was the looking that failed.
   */
  #watchFor(need: ImageNeed, failure: StandingFailure): void {
    const holds = (): boolean => this.#backoff.standing(need)?.untilMs === failure.untilMs;
    this.#after(LOOK_AGAIN_MS, async () => {
      if (!holds()) return;
      const conclusion = await this.#look(need, failure.name);
      if (!holds()) return;
      const isAbsent = conclusion === undefined && failure.reason !== 'ImageInspectError';
      if (isAbsent || (conclusion && 'reason' in conclusion)) return this.#watchFor(need, failure);
      this.#backoff.lift(need);
      if (conclusion !== undefined) this.#conclude(need, conclusion);
      this.#options.onChange(need.uid);
    });
  }

  #after(ms: number, then: () => void): void {
    if (this.#closed) return;
    const timer = this.#options.clock.setTimer(ms, () => {
      this.#timers.delete(timer);
      then();
    });
    this.#timers.add(timer);
  }
}

function needKey(need: ImageNeed): string {
  return `${need.container}/${need.attempt}/${need.policy}/${need.image}`;
}

function userOf({ uid, username }: ImageInfo): ImageUser {
  return { ...(uid !== undefined && { uid }), username };
}

function inspectFailure({ image }: ImageNeed, why: string): ImageFailure {
  return { reason: 'ImageInspectError', message: `Failed to inspect image "${image}": ${why}` };
}
