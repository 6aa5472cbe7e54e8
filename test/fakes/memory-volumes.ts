import { TinyletError } from '../../src/base/index.ts';
import type { PodUid } from '../../src/pod/index.ts';
import type { ContainerFiles, PodVolumes, VolumeSetup, VolumesRequest } from '../../src/volumes/index.ts';
import { Writes } from './store-trouble.ts';

/** What a pod has on disk. */
export interface MemoryPodDirectory {
  /** By name. Those of files have the content that was last written. */
  readonly volumes: ReadonlyMap<string, VolumeSetup>;
  /** What instances were prepared for, by `<container>/<attempt>`. */
  readonly prepared: ReadonlyMap<string, ContainerFiles>;
}

interface PodDirectory extends MemoryPodDirectory {
  readonly volumes: Map<string, VolumeSetup>;
  readonly prepared: Map<string, ContainerFiles>;
  readonly bytes: Map<string, number>;
  readonly texts: Map<string, string>;
}

/**
 * The pods' volumes on a disk that outlives the daemon. Each volume is a write of its own, so that a failure or a crash leaves some of
 * them as they were.
 */
export class MemoryVolumes implements PodVolumes {
  readonly #pods = new Map<PodUid, PodDirectory>();
  readonly #writes: Writes;
  /** Told before anything of a pod is torn down. */
  onTearDown: (uid: PodUid) => void = () => undefined;

  constructor(writes = new Writes()) {
    this.#writes = writes;
  }

  get uids(): readonly PodUid[] {
    return [...this.#pods.keys()];
  }

  get(uid: PodUid): MemoryPodDirectory | undefined {
    return this.#pods.get(uid);
  }

  /** A container writes into an emptyDir, if there is one. */
  fill(uid: PodUid, volume: string, bytes: number): void {
    const pod = this.#pods.get(uid);
    if (pod?.volumes.get(volume)?.kind === 'empty-dir') pod.bytes.set(volume, bytes);
  }

  /** What was written into an emptyDir. */
  bytesIn(uid: PodUid, volume: string): number {
    return this.#pods.get(uid)?.bytes.get(volume) ?? 0;
  }

  /** A container writes a file: `<volume>/<path>`, or its last words at `<container>/<attempt>`. */
  write(uid: PodUid, path: string, text: string): void {
    this.#directory(uid).texts.set(path, text);
  }

  async setUp(uid: PodUid, { setups }: VolumesRequest): Promise<void> {
    const pod = this.#directory(uid);
    const wanted = new Set(setups.map(({ volume }) => volume));
    for (const volume of pod.volumes.keys()) if (!wanted.has(volume)) await this.#remove(pod, volume);
    for (const setup of setups) {
      await this.#writes.one(
        () => new TinyletError('VOLUME_SETUP', `volume "${setup.volume}": no space left on device`),
      );
      pod.volumes.set(setup.volume, setup);
    }
  }

  async prepareContainer(uid: PodUid, files: ContainerFiles): Promise<void> {
    await this.#writes.one(
      () => new TinyletError('VOLUME_SETUP', 'cannot prepare a container: no space left on device'),
    );
    this.#directory(uid).prepared.set(`${files.container}/${files.attempt}`, files);
  }

  async tearDown(uid: PodUid): Promise<void> {
    this.onTearDown(uid);
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    for (const volume of pod.volumes.keys()) await this.#remove(pod, volume);
    this.#pods.delete(uid);
  }

  async usage(uid: PodUid, volumes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const pod = this.#pods.get(uid);
    const there = volumes.filter((volume) => pod?.volumes.has(volume));
    return new Map(there.map((volume) => [volume, this.bytesIn(uid, volume)]));
  }

  async readEnvFile(
    uid: PodUid,
    { volume, path }: { volume: string; path: string },
  ): Promise<string | undefined> {
    return this.#pods.get(uid)?.texts.get(`${volume}/${path}`);
  }

  async terminationMessage(
    uid: PodUid,
    { container, attempt }: { container: string; attempt: number },
  ): Promise<string | undefined> {
    return this.#pods.get(uid)?.texts.get(`${container}/${attempt}`);
  }

  #directory(uid: PodUid): PodDirectory {
    const known = this.#pods.get(uid);
    if (known !== undefined) return known;
    const made = { volumes: new Map(), prepared: new Map(), bytes: new Map(), texts: new Map() };
    this.#pods.set(uid, made);
    return made;
  }

  async #remove(pod: PodDirectory, volume: string): Promise<void> {
    await this.#writes.one(
      () => new TinyletError('VOLUME_TEARDOWN', `volume "${volume}": device or resource busy`),
    );
    pod.volumes.delete(volume);
    pod.bytes.delete(volume);
  }
}
