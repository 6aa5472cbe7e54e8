import { type LogFields, silentLogger, TinyletError } from '../../../src/base/index.ts';
import type { AuthConfig } from '../../../src/cri/index.ts';
import {
  ImageKeeper,
  type ImageNeed,
  type ImageUser,
  type NodeCredentials,
} from '../../../src/images/index.ts';
import { asPodUid, type PodEvent, type PodUid } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** A pull as the runtime sees it. */
export interface Pull {
  readonly image: string;
  readonly signal: AbortSignal | undefined;
  readonly auth: AuthConfig | undefined;
  readonly succeed: () => void;
  readonly fail: (message: string) => void;
}

type PullOptions = { readonly signal?: AbortSignal; readonly auth?: AuthConfig };

/** An image service whose pulls end when the test says so, or when they are cancelled. */
export class Rig {
  readonly clock = new VirtualClock();
  readonly present = new Set<string>();
  readonly looks: string[] = [];
  readonly pulls: Pull[] = [];
  readonly changed: PodUid[] = [];
  inspectError: string | undefined;
  /** Whose user the images are meant for. */
  user: Partial<ImageUser> = {};
  readonly keeper: ImageKeeper;

  readonly warnings: LogFields[] = [];
  readonly events: PodEvent[] = [];

  constructor(maxParallelPulls = 8, credentials?: NodeCredentials) {
    this.keeper = new ImageKeeper({
      cri: {
        imageStatus: (name) => this.#look(name),
        pullImage: (name, options) => this.#pull(name, options),
      },
      clock: this.clock,
      logger: { ...silentLogger, warn: (fields) => void this.warnings.push(fields) },
      maxParallelPulls,
      ...(credentials && { credentials }),
      tell: (event) => void this.events.push(event),
      onChange: (uid) => void this.changed.push(uid),
    });
  }

  /** Ends the newest pull. */
  async fail(message: string): Promise<void> {
    this.pulls.at(-1)?.fail(message);
    await this.clock.settle();
  }

  async succeed(): Promise<void> {
    this.pulls.at(-1)?.succeed();
    await this.clock.settle();
  }

  async #look(name: string) {
    this.looks.push(name);
    if (this.inspectError !== undefined) throw new TinyletError('CRI_FAILED', this.inspectError);
    const image = name.replace(/^id of /, '');
    if (!this.present.has(image)) return undefined;
    const id = `id of ${image}`;
    return { id, repoTags: [], repoDigests: [], sizeBytes: 1, username: '', pinned: false, ...this.user };
  }

  #pull(image: string, { signal, auth }: PullOptions = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => reject(new TinyletError('CRI_CANCELLED', 'PullImage was cancelled'));
      signal?.addEventListener('abort', cancel);
      this.pulls.push({
        image,
        signal,
        auth,
        succeed: () => {
          this.present.add(image);
          resolve(`id of ${image}`);
        },
        fail: (message) => reject(new TinyletError('CRI_FAILED', message)),
      });
    });
  }
}

export const podA = asPodUid('a');
export const podB = asPodUid('b');

export function needOf(changes: Partial<ImageNeed> = {}): ImageNeed {
  return {
    ...{ uid: podA, namespace: 'default', name: 'web', fieldPath: 'spec.containers{app}' },
    ...{ container: 'app', attempt: 0, image: 'app:1', policy: 'IfNotPresent' },
    ...changes,
  };
}

export const need = needOf();
