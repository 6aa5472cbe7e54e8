import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { Cri, ImageInfo } from '../cri/index.ts';
import type { ImageRecord, ImageRecords } from '../state/index.ts';
import { parseReference, repositoryOf } from './reference.ts';

/** Notes what pulls bring. */
export interface PullClaims {
  /** Called before a pull; what it returns is called with the pulled image before anyone learns of it. Neither rejects. */
  prepare(name: string): Promise<(ref: string) => Promise<void>>;
}

export interface PulledImagesPorts {
  readonly cri: Pick<Cri, 'listImages' | 'imageStatus'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: ImageRecords;
}

/** More are not remembered: the oldest are forgotten, and stay on the machine. */
const MOST_IMAGES = 1_000;
const MOST_NAMES = 50;

type Records = ReadonlyMap<string, ImageRecord>;

/**
 * Which images are tinylet's own: those that were not there, under whatever name, before it pulled them. In doubt an image is somebody
 * else's, since it may be all there is of something that was imported. One that vanished is forgotten, so that what comes back by
 * another's hand is another's.
 */
export class PulledImages implements PullClaims {
  readonly #ports: PulledImagesPorts;
  #loading: Promise<void> | undefined;
  #records: Records = new Map();
  /** One change after the other. */
  #changed: Promise<unknown> = Promise.resolve();

  constructor(ports: PulledImagesPorts) {
    this.#ports = ports;
  }

  /** All images of the runtime, and the records of those that are ours. Rejects when the runtime does. */
  async look(): Promise<{ readonly images: readonly ImageInfo[]; readonly own: Records }> {
    await this.#load();
    // What is claimed during the look may not be in it yet.
    const before = this.#records;
    const images = await this.#ports.cri.listImages();
    const present = new Set(images.map(({ id }) => id));
    await this.#drop([...before.keys()].filter((id) => !present.has(id)));
    return { images, own: this.#records };
  }

  /** Forgets one that was removed. */
  async forget(id: string): Promise<void> {
    await this.#drop([id]);
  }

  async prepare(name: string): Promise<(ref: string) => Promise<void>> {
    try {
      const { images } = await this.look();
      const present = new Set(images.map(({ id }) => id));
      return (ref) => this.#claim({ name, ref, present }).catch((error) => this.#complain(name, error));
    } catch (error) {
      this.#complain(name, error);
      return async () => undefined;
    }
  }

  async #claim(pull: { name: string; ref: string; present: ReadonlySet<string> }): Promise<void> {
    const image = await this.#ports.cri.imageStatus(pull.ref);
    if (image === undefined) return;
    const names = namesOf(image).filter(isFrom(pull.name));
    await this.#inTurn(async () => {
      const { id } = image;
      const known = this.#records.get(id);
      if (known === undefined && pull.present.has(id)) return;
      const all = [...new Set([...(known?.names ?? []), ...names])];
      if (known !== undefined && known.names.length === all.length) return;
      const pulledAtMs = known?.pulledAtMs ?? this.#ports.clock.nowMs();
      const record = { id, names: all.slice(-MOST_NAMES), pulledAtMs };
      const records = newestOf([...this.#records.values(), record]);
      await this.#ports.records.save([...records.values()]);
      this.#records = records;
    });
  }

  #complain(image: string, error: unknown): void {
    const fields = { image, err: messageOf(error) };
    this.#ports.logger.warn(fields, 'pulled image is not recorded, and so never removed');
  }

  /** Counts at once: where the disk is full it is images that have to go. What still stands in the file is dropped anew. */
  async #drop(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#inTurn(async () => {
      this.#records = new Map([...this.#records].filter(([id]) => !ids.includes(id)));
      await this.#ports.records.save([...this.#records.values()]);
    }).catch((error) => {
      this.#ports.logger.warn({ images: ids, err: messageOf(error) }, 'images that are gone stay on record');
    });
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changing = this.#changed.then(change);
    this.#changed = changing.catch(() => undefined);
    return changing;
  }

  #load(): Promise<void> {
    this.#loading ??= this.#ports.records.load().then((records) => {
      this.#records = new Map(records.map((record) => [record.id, record]));
    });
    return this.#loading;
  }
}

/** Of several records of one image the last counts. */
function newestOf(records: readonly ImageRecord[]): Records {
  const distinct = new Map(records.map((record) => [record.id, record]));
  const newest = [...distinct.values()].sort((a, b) => b.pulledAtMs - a.pulledAtMs).slice(0, MOST_IMAGES);
  return new Map(newest.map((record) => [record.id, record]));
}

export function namesOf({ repoTags, repoDigests }: ImageInfo): readonly string[] {
  return [...repoTags, ...repoDigests];
}

/** Names that a pull under `name` gives: its tag, and digests in its repository. */
function isFrom(name: string): (given: string) => boolean {
  const wanted = repositoryOf(name);
  const tag = parseReference(name)?.tag;
  return (given) => {
    const { host, path } = repositoryOf(given) ?? {};
    if (host !== wanted?.host || path !== wanted?.path) return false;
    const reference = parseReference(given);
    return reference?.digest !== undefined || reference?.tag === tag;
  };
}
