import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { Cri, ImageInfo } from '../cri/index.ts';
import type { PodUid, PullPolicy } from '../pod/index.ts';
import { type Credentials, secretCredentials } from './credentials.ts';
import { ImagePulls } from './image-pulls.ts';
import type { NodeCredentials } from './node-credentials.ts';
import type { PullSecret } from './pull-secret.ts';
import { pullName, repositoryOf } from './reference.ts';

/** One container instance that is to be created and needs its image. */
export interface ImageNeed {
  readonly uid: PodUid;
  readonly container: string;
  readonly attempt: number;
  readonly image: string;
  readonly policy: PullPolicy;
  /** The pod's own registry credentials, tried before the node's. */
  readonly pullSecrets?: readonly PullSecret[];
}

/** Who an image runs as where the pod does not say: a number, a name, or neither (root). */
export interface ImageUser {
  readonly uid?: number;
  readonly username: string;
}

/** Where the image of a need stands. `failed` holds until `untilMs` (wall clock); then it may be asked for again. */
export type ImageState =
  | { readonly state: 'unknown' }
  | { readonly state: 'pulling' }
  | { readonly state: 'ready'; readonly imageId: string; readonly user?: ImageUser }
  | { readonly state: 'failed'; readonly reason: string; readonly message: string; readonly untilMs: number };

/** Pull back-off (kubelet: images/image_manager.go): 10 s, doubling to 5 min, forgotten after 10 min without a failure. */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;
const BACKOFF_FORGET_MS = 600_000;
/** For how long a failure is told as such before it is told as waiting. */
const FRESH_FAILURE_MS = 2_000;

interface Failure {
  readonly steps: number;
  readonly atMs: number;
  readonly untilMs: number;
  readonly reason: string;
  readonly message: string;
}

interface PresentImage {
  readonly imageId: string;
  readonly user: ImageUser;
}

/** How the looking or pulling for one need ended. */
type Conclusion = PresentImage | { readonly reason: string; readonly message: string };

type Standing = { readonly pull: Promise<string> } | PresentImage;

export interface ImageKeeperOptions {
  readonly cri: Pick<Cri, 'imageStatus' | 'pullImage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxParallelPulls: number;
  /** Registry credentials of the machine; none if absent. */
  readonly credentials?: NodeCredentials;
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
  readonly #pulls: ImagePulls;
  readonly #states = new Map<PodUid, Map<string, Standing>>();
  readonly #failures = new Map<PodUid, Map<string, Failure>>();

  constructor(options: ImageKeeperOptions) {
    this.#options = options;
    this.#pulls = new ImagePulls(options);
  }

  state(need: ImageNeed): ImageState {
    const known = this.#states.get(need.uid)?.get(needKey(need));
    if (known !== undefined) return 'imageId' in known ? { state: 'ready', ...known } : { state: 'pulling' };
    const failure = this.#failures.get(need.uid)?.get(failureKey(need));
    const nowMs = this.#options.clock.nowMs();
    if (failure === undefined || !holds(failure, nowMs)) return { state: 'unknown' };
    return { state: 'failed', untilMs: failure.untilMs, ...describe(failure, need.image, nowMs) };
  }

  /** Looks for the image as the pull policy says. Returns once it is ready, failed, or being pulled; rejects never. */
  async ensure(need: ImageNeed): Promise<void> {
    const name = pullName(need.image);
    if (name === undefined) {
      return this.#fail(
        need,
        'InvalidImageName',
        `Failed to apply default image tag "${need.image}": couldn't parse image name`,
      );
    }
    if (need.policy !== 'Always') {
      const found = await this.#look(need, name);
      if (found === undefined && need.policy === 'Never') {
        const message = `Container image "${need.image}" is not present with pull policy of Never`;
        return this.#fail(need, 'ErrImageNeverPull', message);
      }
      if (found !== undefined) return this.#conclude(need, found);
    }
    const pull = this.#pulls.join({ name, uid: need.uid, own: this.#ownCredentials(need, name) });
    this.#settle(need, { pull });
    void this.#finish(need, pull);
  }

  /** Drops what is known of one need, so that the next `ensure` looks again. */
  forget(need: ImageNeed): void {
    this.#states.get(need.uid)?.delete(needKey(need));
  }

  /** Ends the waiting after failures, of one pod or of all: what failed is looked for again at once. */
  retry(uid?: PodUid): void {
    if (uid === undefined) this.#failures.clear();
    else this.#failures.delete(uid);
  }

  /** Forgets a pod; a pull that nobody else waits for is cancelled. */
  release(uid: PodUid): void {
    this.#states.delete(uid);
    this.#failures.delete(uid);
    this.#pulls.release(uid);
  }

  /** Begins no pull from now on; those under way go on. */
  close(): void {
    this.#pulls.close();
    this.#states.clear();
  }

  async #look(need: ImageNeed, name: string): Promise<Conclusion | undefined> {
    try {
      const found = await this.#options.cri.imageStatus(name);
      return found && { imageId: found.id, user: userOf(found) };
    } catch (error) {
      return inspectFailure(need, messageOf(error));
    }
  }

  /** A secret that is broken is passed over (kubelet: FailedToRetrieveImagePullSecret). */
  #ownCredentials({ uid, image, pullSecrets = [] }: ImageNeed, name: string): Credentials {
    const repository = repositoryOf(name);
    if (repository === undefined) return { candidates: [], problems: [] };
    const own = secretCredentials(pullSecrets, repository);
    for (const err of own.problems) {
      const reason = 'FailedToRetrieveImagePullSecret';
      this.#options.logger.warn({ uid, image, reason, err }, 'pull secret passed over');
    }
    return own;
  }

  async #finish(need: ImageNeed, pull: Promise<string>): Promise<void> {
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
  async #endOf(need: ImageNeed, pull: Promise<string>): Promise<Conclusion> {
    try {
      const found = await this.#look(need, await pull);
      return found ?? inspectFailure(need, 'it is gone after it was pulled');
    } catch (error) {
      const message = messageOf(error);
      return { reason: pullReason(message), message: `Failed to pull image "${need.image}": ${message}` };
    }
  }

  /** False once the pod was forgotten, even if it came back and waits for another pull of the same image. */
  #waitsFor(need: ImageNeed, pull: Promise<string>): boolean {
    const standing = this.#states.get(need.uid)?.get(needKey(need));
    return standing !== undefined && 'pull' in standing && standing.pull === pull;
  }

  #conclude(need: ImageNeed, conclusion: Conclusion): void {
    if ('imageId' in conclusion) this.#settle(need, conclusion);
    else this.#fail(need, conclusion.reason, conclusion.message);
  }

  /** A container has one need at a time: an older instance's is dropped. */
  #settle(need: ImageNeed, state: Standing | undefined): void {
    const states = mapOf(this.#states, need.uid);
    for (const key of states.keys()) if (key.startsWith(`${need.container}/`)) states.delete(key);
    if (state !== undefined) states.set(needKey(need), state);
  }

  #fail(need: ImageNeed, reason: string, message: string): void {
    this.#settle(need, undefined);
    const failures = mapOf(this.#failures, need.uid);
    const atMs = this.#options.clock.nowMs();
    const before = failures.get(failureKey(need));
    // Containers of one pod that share an image fail together: one failure (kubelet: the back-off key is pod and image).
    if (before !== undefined && holds(before, atMs)) return;
    const steps = before === undefined || atMs - before.atMs > BACKOFF_FORGET_MS ? 0 : before.steps + 1;
    const untilMs = atMs + Math.min(BACKOFF_FIRST_MS * 2 ** steps, BACKOFF_MAX_MS);
    failures.set(failureKey(need), { steps, atMs, untilMs, reason, message });
  }
}

/** What never pulls says nothing of what does. */
function failureKey({ policy, image }: ImageNeed): string {
  return policy === 'Never' ? `never pulled ${image}` : image;
}

function needKey(need: ImageNeed): string {
  return `${need.container}/${need.attempt}/${need.policy}/${need.image}`;
}

/** A clock that was set back behind the failure ends the waiting. */
function holds({ atMs, untilMs }: Failure, nowMs: number): boolean {
  return atMs <= nowMs && nowMs < untilMs;
}

function userOf({ uid, username }: ImageInfo): ImageUser {
  return { ...(uid !== undefined && { uid }), username };
}

function inspectFailure({ image }: ImageNeed, why: string): { reason: string; message: string } {
  return { reason: 'ImageInspectError', message: `Failed to inspect image "${image}": ${why}` };
}

/** Some runtimes begin the error with a word that is a reason of its own. */
const PULL_REASONS = ['RegistryUnavailable', 'SignatureValidationFailed'];

function pullReason(message: string): string {
  return PULL_REASONS.find((reason) => message.startsWith(reason)) ?? 'ErrImagePull';
}

function describe(failure: Failure, image: string, nowMs: number): { reason: string; message: string } {
  const pulled = failure.reason === 'ErrImagePull' || PULL_REASONS.includes(failure.reason);
  if (!pulled || nowMs - failure.atMs < FRESH_FAILURE_MS)
    return { reason: failure.reason, message: failure.message };
  return {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${image}": ${failure.reason}: ${failure.message}`,
  };
}

function mapOf<T>(maps: Map<PodUid, Map<string, T>>, uid: PodUid): Map<string, T> {
  const known = maps.get(uid);
  if (known !== undefined) return known;
  const created = new Map<string, T>();
  maps.set(uid, created);
  return created;
}
