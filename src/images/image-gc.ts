import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { Cri, ImageInfo } from '../cri/index.ts';
import type { ObservedContainer } from '../pod/index.ts';
import type { ImageRecord } from '../state/index.ts';
import { isOf } from './container-image.ts';
import { bytesToFree, type DiskSpace } from './disk-use.ts';
import type { ImageKeeper } from './image-keeper.ts';
import { ImageProtection, type ImageProtectionPorts } from './image-protection.ts';
import { namesOf, type PulledImages } from './pulled-images.ts';

export interface ImageGcPorts extends ImageProtectionPorts {
  readonly cri: Pick<Cri, 'facts' | 'imageFsInfo' | 'imageStatus' | 'listContainers' | 'removeImage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pulled: Pick<PulledImages, 'look' | 'forget'>;
  readonly keeper: Pick<ImageKeeper, 'held' | 'noteRemoved'>;
  /** Of the file system that a path of the runtime lies on. */
  readonly diskSpace: (path: string) => Promise<DiskSpace>;
}

export interface ImageGcSettings {
  /** Use of the disk in percent at which images go, and down to which. */
  readonly highPercent: number;
  readonly lowPercent: number;
  /** What was pulled more recently stays. */
  readonly minAgeMs: number;
}

interface Candidate {
  readonly image: ImageInfo;
  readonly record: ImageRecord;
  /** Both of the monotonic clock; never used is before everything. */
  readonly lastUsedMs: number;
  readonly firstSeenMs: number;
}

/**
 * Removes images when the disk gets full (kubelet: images/image_gc_manager.go), the least recently used first. Only what tinylet itself
 * pulled goes, and nothing of it that has a name from elsewhere, is pinned, named by a manifest or record, needed by a pod just now, or
 * used by a container of whomever. In doubt it stays.
 */
export class ImageGc {
  readonly #ports: ImageGcPorts;
  readonly #settings: ImageGcSettings;
  /** When an image was last seen in use; memory of this process. */
  readonly #lastUsed = new Map<string, number>();
  readonly #firstSeen = new Map<string, { readonly pulledAtMs: number; readonly atMs: number }>();
  #told: string | undefined;

  constructor(ports: ImageGcPorts, settings: ImageGcSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** One round. Never rejects; what is wrong is logged once. */
  async collect(): Promise<void> {
    try {
      await this.#round();
    } catch (error) {
      this.#complain('ImageGCFailed', messageOf(error));
    }
  }

  async #round(): Promise<void> {
    const { cri, named, pulled } = this.#ports;
    if (named() === undefined) return;
    const [{ images, own }, containers] = await Promise.all([pulled.look(), cri.listContainers()]);
    const candidates = this.#candidates({ images, own, containers });
    const [filesystem] = await cri.imageFsInfo();
    if (filesystem === undefined)
      return this.#complain('ImageGCFailed', 'the runtime tells no image filesystem');
    const space = await this.#ports.diskSpace(filesystem.mountpoint);
    if (space.capacityBytes === 0) {
      const why = `invalid capacity 0 on image filesystem ${filesystem.mountpoint}`;
      return this.#complain('InvalidDiskCapacity', why);
    }
    const wantedBytes = bytesToFree(space, this.#settings);
    if (wantedBytes === undefined) {
      this.#told = undefined;
      return;
    }
    const freedBytes = await this.#free(candidates, wantedBytes);
    if (freedBytes >= wantedBytes) this.#told = undefined;
    else {
      const why = `Failed to garbage collect required amount of images. Attempted to free ${wantedBytes} bytes, but only found ${freedBytes} bytes eligible to free.`;
      this.#complain('FreeDiskSpaceFailed', why);
    }
  }

  /** Ours, in the order to go. What is in use now is noted on the way. */
  #candidates(given: {
    readonly images: readonly ImageInfo[];
    readonly own: ReadonlyMap<string, ImageRecord>;
    readonly containers: readonly ObservedContainer[];
  }): Candidate[] {
    const nowMs = this.#ports.clock.monotonicMs();
    const ours = given.images.filter(({ id }) => given.own.has(id));
    for (const id of this.#firstSeen.keys()) if (!given.own.has(id)) this.#forget(id);
    for (const image of ours) if (given.containers.some(isOf(image))) this.#lastUsed.set(image.id, nowMs);
    return ours
      .flatMap((image) => {
        const record = given.own.get(image.id);
        if (record === undefined) return [];
        const lastUsedMs = this.#lastUsed.get(image.id) ?? Number.NEGATIVE_INFINITY;
        return { image, record, lastUsedMs, firstSeenMs: this.#firstSeenMs(record) };
      })
      .sort((a, b) => compare(a.lastUsedMs, b.lastUsedMs) || a.firstSeenMs - b.firstSeenMs);
  }

  /** The wall clock counts only once for each: a jump of it makes nothing old. */
  #firstSeenMs({ id, pulledAtMs }: ImageRecord): number {
    const known = this.#firstSeen.get(id);
    if (known?.pulledAtMs === pulledAtMs) return known.atMs;
    const { clock } = this.#ports;
    const atMs = clock.monotonicMs() - Math.max(0, clock.nowMs() - pulledAtMs);
    this.#firstSeen.set(id, { pulledAtMs, atMs });
    return atMs;
  }

  async #free(candidates: readonly Candidate[], wantedBytes: number): Promise<number> {
    const protection = new ImageProtection(this.#ports);
    let freedBytes = 0;
    for (const candidate of candidates) {
      if (freedBytes >= wantedBytes) break;
      const ageMs = this.#ports.clock.monotonicMs() - candidate.firstSeenMs;
      if (ageMs < this.#settings.minAgeMs) continue;
      if (await this.#remove(candidate, protection)) freedBytes += candidate.image.sizeBytes;
    }
    return freedBytes;
  }

  /** Everything is asked once more for each, since removing others took its time. One that cannot be removed stops no other. */
  async #remove({ image, record, lastUsedMs }: Candidate, protection: ImageProtection): Promise<boolean> {
    const { clock, logger } = this.#ports;
    const facts = { image: namesOf(image).join(', '), id: image.id };
    try {
      const reason = await protection.reasonToKeep(record);
      if (reason === undefined) await this.#removeNow(image.id);
      else {
        logger.debug({ ...facts, reason }, 'image stays');
        return false;
      }
    } catch (error) {
      logger.warn({ ...facts, err: messageOf(error) }, 'image cannot be removed');
      return false;
    }
    const reason = `the disk was used to ${this.#settings.highPercent} %, and nothing needs it`;
    const unused = lastUsedMs > Number.NEGATIVE_INFINITY && { unusedMs: clock.monotonicMs() - lastUsedMs };
    logger.info({ ...facts, sizeBytes: image.sizeBytes, reason, ...unused }, 'image removed');
    return true;
  }

  async #removeNow(id: string): Promise<void> {
    try {
      await this.#ports.cri.removeImage(id);
    } finally {
      // Also a call that failed may have had its effect.
      this.#ports.keeper.noteRemoved(id);
    }
    this.#forget(id);
    await this.#ports.pulled.forget(id);
  }

  #forget(id: string): void {
    this.#firstSeen.delete(id);
    this.#lastUsed.delete(id);
  }

  #complain(reason: string, err: string): void {
    // The sums are others every time.
    const told = reason === 'FreeDiskSpaceFailed' ? reason : err;
    if (this.#told === told) return;
    this.#told = told;
    this.#ports.logger.warn({ reason, err }, 'disk space for images cannot be freed');
  }
}

/** Infinities are equal to themselves. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
