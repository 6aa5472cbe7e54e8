import { type LogFields, silentLogger, TinyletError } from '../../../src/base/index.ts';
import type { ImageFilesystem, ImageInfo } from '../../../src/cri/index.ts';
import { ImageGc, type ImageGcSettings, PulledImages } from '../../../src/images/index.ts';
import { asContainerId, asSandboxId, type ObservedContainer } from '../../../src/pod/index.ts';
import type { ImageRecord } from '../../../src/state/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

export const GiB = 1024 ** 3;

/** A disk of 100 GiB. */
export interface Disk {
  usedBytes: number;
  capacityBytes: number;
}

export function imageOf(id: string, changes: Partial<ImageInfo> = {}): ImageInfo {
  return {
    ...{ id, repoTags: [`reg.test/${id}:1`], repoDigests: [`reg.test/${id}@sha256:${'0'.repeat(64)}`] },
    ...{ sizeBytes: GiB, username: '', pinned: false },
    ...changes,
  };
}

export function containerOf(image: string, imageRef = image): ObservedContainer {
  return {
    ...{ id: asContainerId('c'), sandboxId: asSandboxId('s'), name: 'c', attempt: 0, state: 'exited' },
    ...{ createdAtMs: 0, image, imageRef, labels: {}, annotations: {} },
  };
}

/** A runtime with images, and what collects them. */
export class GcRig {
  readonly clock = new VirtualClock();
  readonly images = new Map<string, ImageInfo>();
  containers: ObservedContainer[] = [];
  readonly disk: Disk = { usedBytes: 0, capacityBytes: 100 * GiB };
  filesystems: ImageFilesystem[] = [{ mountpoint: '/var/lib/images', usedBytes: 0 }];
  /** Undefined while not all manifests are known. */
  named: Set<string> | undefined = new Set();
  held = new Set<string>();
  offered = new Set<string>();
  sandboxImage: string | undefined;
  /** Calls fail with these words. */
  readonly failing = new Map<string, string>();
  saved: readonly ImageRecord[] = [];
  readonly removed: string[] = [];
  readonly toldRemoved: string[] = [];
  readonly asked: string[] = [];
  readonly logs: { level: 'info' | 'warn'; message: string; fields: LogFields }[] = [];
  /** Called before each answer. */
  beforeAnswer: (call: string) => void = () => undefined;
  readonly pulled: PulledImages;

  constructor(records: readonly ImageRecord[] = []) {
    this.saved = records;
    this.pulled = new PulledImages({
      ...{ cri: this.#cri, clock: this.clock, logger: this.#logger },
      records: {
        load: async () => this.saved,
        save: async (saved) => {
          this.#answer('save');
          this.saved = saved;
        },
      },
    });
  }

  /** Each began to be there as long ago as its place in the list says, in minutes; all are tinylet's own. */
  static ofOwn(...ids: string[]): GcRig {
    const nowMs = new VirtualClock().nowMs();
    const records = ids.map((id, place) => {
      const { repoTags, repoDigests } = imageOf(id);
      return {
        id,
        names: [...repoTags, ...repoDigests],
        pulledAtMs: nowMs - (ids.length - place) * 3_600_000,
      };
    });
    const rig = new GcRig(records);
    for (const id of ids) rig.images.set(id, imageOf(id));
    return rig;
  }

  gc(changes: Partial<ImageGcSettings> = {}): ImageGc {
    return new ImageGc(
      {
        ...{ cri: this.#cri, clock: this.clock, logger: this.#logger, pulled: this.pulled },
        keeper: { held: () => this.held, noteRemoved: (id) => void this.toldRemoved.push(id) },
        named: () => this.named,
        diskSpace: async (path) => {
          this.#answer('statfs');
          this.asked.push(path);
          const { capacityBytes, usedBytes } = this.disk;
          return { capacityBytes, availableBytes: capacityBytes - usedBytes };
        },
        isOffered: async (name) => this.offered.has(name),
      },
      { highPercent: 85, lowPercent: 80, minAgeMs: 120_000, ...changes },
    );
  }

  /** One round on a disk that is used to so many percent. */
  async collectAt(usedPercent: number, gc = this.gc()): Promise<readonly string[]> {
    this.removed.length = 0;
    this.disk.usedBytes = usedPercent * GiB;
    await gc.collect();
    return [...this.removed];
  }

  warnings(): unknown[] {
    return this.logs.filter(({ level }) => level === 'warn').map(({ fields }) => fields);
  }

  #answer(call: string): void {
    this.beforeAnswer(call);
    const problem = this.failing.get(call);
    if (problem !== undefined) throw new TinyletError('CRI_FAILED', problem);
  }

  #find(name: string): ImageInfo | undefined {
    return [...this.images.values()].find(({ id, repoTags, repoDigests }) =>
      [id, ...repoTags, ...repoDigests].includes(name),
    );
  }

  get #cri() {
    return {
      facts: async () => ({
        ...{ name: 'containerd', version: '1', cgroupDriver: undefined, handlers: new Map() },
        supplementalGroupsPolicy: false,
        ...(this.sandboxImage !== undefined && { sandboxImage: this.sandboxImage }),
      }),
      imageFsInfo: async () => this.filesystems,
      listImages: async () => {
        this.#answer('listImages');
        return [...this.images.values()];
      },
      imageStatus: async (name: string) => {
        this.#answer('imageStatus');
        return this.#find(name);
      },
      listContainers: async () => {
        this.#answer('listContainers');
        return this.containers;
      },
      removeImage: async (id: string) => {
        this.#answer(`removeImage ${id}`);
        this.removed.push(id);
        this.images.delete(id);
      },
    };
  }

  get #logger() {
    const log = (level: 'info' | 'warn') => (fields: LogFields, message: string) =>
      void this.logs.push({ level, message, fields });
    return { ...silentLogger, info: log('info'), warn: log('warn') };
  }
}
