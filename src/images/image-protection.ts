import type { Cri } from '../cri/index.ts';
import type { ImageRecord } from '../state/index.ts';
import { isOf } from './container-image.ts';
import type { ImageKeeper } from './image-keeper.ts';
import { namesOf } from './pulled-images.ts';
import { pullName } from './reference.ts';

export interface ImageProtectionPorts {
  readonly cri: Pick<Cri, 'facts' | 'imageStatus' | 'listContainers'>;
  readonly keeper: Pick<ImageKeeper, 'held'>;
  /** The images of all manifests and records, as written there; undefined while not all of them are known. */
  readonly named: () => ReadonlySet<string> | undefined;
  /** Whether an image of that name lies ready to be imported: then it may have been. Never, if absent. */
  readonly isOffered?: (name: string) => Promise<boolean>;
}

/** Why an image may not be removed. Made anew for each round: what names mean is asked once. */
export class ImageProtection {
  readonly #ports: ImageProtectionPorts;
  /** What the runtime has under the names that were asked for. */
  readonly #ids = new Map<string, string>();
  #sandboxImage: Promise<string | undefined> | undefined;

  constructor(ports: ImageProtectionPorts) {
    this.#ports = ports;
  }

  /** Undefined where it may go, now: nothing was waited for since the last look. Rejects when the runtime does. */
  async reasonToKeep(record: ImageRecord): Promise<string | undefined> {
    const { cri, isOffered } = this.#ports;
    const [image, containers] = await Promise.all([cri.imageStatus(record.id), cri.listContainers()]);
    if (image === undefined) return 'it is gone already';
    if (image.pinned) return 'it is pinned';
    const foreign = namesOf(image).find((name) => !record.names.includes(name));
    if (foreign !== undefined) return `it got the name ${foreign} from elsewhere`;
    if (containers.some(isOf(image))) return 'a container was made from it';
    for (const tag of image.repoTags) {
      if (await isOffered?.(tag)) return 'it lies ready to be imported';
    }
    return this.#reasonOfNames(record.id);
  }

  async #reasonOfNames(id: string): Promise<string | undefined> {
    const asked = new Set<string>();
    for (;;) {
      const names = this.#names(await this.#sandbox());
      if (names === undefined) return 'not all manifests are known now';
      if (names.has(id)) return 'a pod is about to use it';
      const open = [...names].filter((name) => !this.#ids.has(name) && !asked.has(name));
      if (open.length === 0) {
        const name = [...names].find((each) => this.#ids.get(each) === id);
        return name === undefined ? undefined : `${name} is wanted`;
      }
      for (const name of open) {
        asked.add(name);
        const id = await this.#idOf(name);
        if (id !== undefined) this.#ids.set(name, id);
      }
    }
  }

  /** What is no name of an image names none. */
  async #idOf(name: string): Promise<string | undefined> {
    const asked = pullName(name);
    return asked === undefined ? undefined : (await this.#ports.cri.imageStatus(asked))?.id;
  }

  #names(sandboxImage: string | undefined): ReadonlySet<string> | undefined {
    const named = this.#ports.named();
    if (named === undefined) return undefined;
    return new Set([
      ...named,
      ...this.#ports.keeper.held(),
      ...(sandboxImage === undefined ? [] : [sandboxImage]),
    ]);
  }

  /** Every pod needs it, and no container shows it; before containerd 1.7 it is not pinned. */
  #sandbox(): Promise<string | undefined> {
    this.#sandboxImage ??= this.#ports.cri.facts().then(({ sandboxImage }) => sandboxImage);
    return this.#sandboxImage;
  }
}
