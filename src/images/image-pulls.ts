import { type Clock, Limiter, type Logger, messageOf, TinyletError } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { PodUid } from '../pod/index.ts';
import { type Credentials, digestOf, withoutSecrets } from './credentials.ts';
import type { NodeCredentials } from './node-credentials.ts';
import type { PullClaims } from './pulled-images.ts';
import { repositoryOf } from './reference.ts';

export interface ImagePullsOptions {
  readonly cri: Pick<Cri, 'pullImage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxParallelPulls: number;
  /** For every pod; none if absent. */
  readonly credentials?: NodeCredentials;
  /** Where it is noted what was pulled; nowhere if absent. */
  readonly claims?: PullClaims;
}

/** A pull that came to its end. */
export interface PulledImage {
  /** As the runtime calls it. */
  readonly ref: string;
  readonly durationMs: number;
  /** From when it was asked for: with the wait for its turn. */
  readonly waitedMs: number;
}

/** What is to be pulled, for whom. */
export interface Wanted {
  /** With a tag or a digest. */
  readonly name: string;
  readonly uid: PodUid;
  /** The pod's own, tried before the machine's. */
  readonly own: Credentials;
}

interface Pull {
  readonly name: string;
  readonly done: Promise<PulledImage>;
  readonly abort: AbortController;
  readonly users: Set<PodUid>;
}

/**
 * Pulls under way. One serves all pods that want the same image with the same credentials: to wait for another's would be to use
 * another's. Every credential that is for the image is tried until one is taken; where there is none the pull is anonymous.
 */
export class ImagePulls {
  readonly #options: ImagePullsOptions;
  readonly #limiter: Limiter;
  readonly #pulls = new Map<string, Pull>();
  #closed = false;

  constructor(options: ImagePullsOptions) {
    this.#options = options;
    this.#limiter = new Limiter(options.maxParallelPulls);
  }

  /** The same promise for all whom one pull serves. */
  join(wanted: Wanted): Promise<PulledImage> {
    const key = `${wanted.name} ${digestOf(wanted.own.candidates)}`;
    const running = this.#pulls.get(key);
    if (running !== undefined && !running.abort.signal.aborted) {
      running.users.add(wanted.uid);
      return running.done;
    }
    const abort = new AbortController();
    const askedMs = this.#options.clock.monotonicMs();
    const done = this.#limiter.run(() => this.#pull(wanted, askedMs, abort.signal));
    const pull: Pull = { name: wanted.name, done, abort, users: new Set([wanted.uid]) };
    this.#pulls.set(key, pull);
    const forget = (): void => {
      if (this.#pulls.get(key) === pull) this.#pulls.delete(key);
    };
    done.then(forget, forget);
    return done;
  }

  /** What is being pulled. */
  names(): readonly string[] {
    return [...this.#pulls.values()].map(({ name }) => name);
  }

  /** A pull that nobody else waits for is cancelled. */
  release(uid: PodUid): void {
    for (const pull of this.#pulls.values()) {
      pull.users.delete(uid);
      if (pull.users.size === 0) pull.abort.abort();
    }
  }

  /** Begins none from now on; those under way go on. */
  close(): void {
    this.#closed = true;
  }

  /** What it brought is on record as ours before anyone learns of it. */
  async #pull({ name, own }: Wanted, askedMs: number, signal: AbortSignal): Promise<PulledImage> {
    const { clock, logger, claims } = this.#options;
    const startedMs = clock.monotonicMs();
    signal.throwIfAborted();
    if (this.#closed) throw new TinyletError('CRI_CANCELLED', 'not pulled: tinylet is stopping');
    logger.info({ image: name }, 'pulling image');
    const { credentials } = this.#options;
    const all = credentials === undefined ? own : await withNodes(own, name, credentials);
    const claim = claims === undefined ? undefined : await claims.prepare(name);
    const ref = await this.#tryAll(name, all, signal);
    const endedMs = clock.monotonicMs();
    const durationMs = Math.round(endedMs - startedMs);
    logger.info({ image: name, durationMs }, 'pulled image');
    await claim?.(ref);
    return { ref, durationMs, waitedMs: Math.round(endedMs - askedMs) };
  }

  /** All failures count, as no one knows which credential was meant (kubelet: kuberuntime_image.go). */
  async #tryAll(name: string, credentials: Credentials, signal: AbortSignal): Promise<string> {
    const { candidates, problems } = credentials;
    const failures = new Set<string>();
    for (const auth of candidates.length === 0 ? [undefined] : candidates) {
      try {
        return await this.#options.cri.pullImage(name, { signal, ...(auth && { auth }) });
      } catch (error) {
        if (candidates.length === 0 && problems.length === 0) throw error;
        failures.add(withoutSecrets(messageOf(error), candidates));
        if (signal.aborted) break;
      }
    }
    throw new TinyletError('CRI_FAILED', [inOneText([...failures]), ...problems].join('; '));
  }
}

async function withNodes(own: Credentials, name: string, nodes: NodeCredentials): Promise<Credentials> {
  const repository = repositoryOf(name);
  if (repository === undefined) return own;
  const { candidates, problems } = await nodes.credentialsFor(repository);
  return { candidates: [...own.candidates, ...candidates], problems: [...own.problems, ...problems] };
}

/** As Kubernetes writes several errors in one. */
function inOneText(messages: readonly string[]): string {
  return messages.length === 1 ? messages.join('') : `[${messages.join(', ')}]`;
}
