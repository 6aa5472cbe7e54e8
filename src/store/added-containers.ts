import { ApiFailure } from '../apimachinery/index.ts';
import { Limiter, type Logger, messageOf } from '../base/index.ts';
import { darkFiles, type ManifestSnapshot, silentFiles } from '../manifest/index.ts';
import type { Pod, PodUid } from '../pod/index.ts';
import { type Addition, AdditionFiles, keyOfAddition } from './addition-files.ts';
import { ObjectFiles, objectsDirectory } from './object-files.ts';
import { type PodDefinition, podDefinitions, withVersions } from './pod-definitions.ts';
import { forbidden, invalidObject, notWritten } from './refusal.ts';
import {
  documentWith,
  type Fitted,
  fittingContainers,
  withAddedContainers,
} from './with-added-containers.ts';

export interface AddedContainersOptions {
  readonly rootDir: string;
  /** How large the manifest of a pod may be. */
  readonly maxManifestBytes: number;
  readonly logger: Logger;
}

interface Manifests {
  load(): Promise<ManifestSnapshot>;
}

/**
 * Ephemeral containers that were added through the API to pods of watched directories, whose files are not ours to write. Each look at
 * the files finds such a pod with them, and whatever follows takes them for the file's own. They go with their pod: when its file was
 * read and does not define it any more; a file that cannot be used takes nothing away.
 */
export class AddedContainers {
  readonly #options: AddedContainersOptions;
  readonly #files: AdditionFiles;
  readonly #own: ObjectFiles;
  /** What is in force, and what of it is on disk: the same but for a moment, unless the disk refuses. */
  readonly #held = new Map<string, Addition>();
  readonly #stored = new Map<string, Addition>();
  readonly #shown = new Map<string, Pod>();
  /** Of pods as their files have them: the same pod and the same additions make the same value. */
  readonly #made = new WeakMap<Pod, Fitted>();
  #manifests: ManifestSnapshot = { directories: [] };
  /** Nothing is added between what a look finds gone and its end. */
  readonly #turns = new Limiter(1);

  constructor(options: AddedContainersOptions) {
    this.#options = options;
    this.#files = new AdditionFiles(options.rootDir, options.logger);
    this.#own = new ObjectFiles(objectsDirectory(options.rootDir));
  }

  /** Mends what a crash has left. */
  prepare(): Promise<void> {
    return this.#files.prepare();
  }

  /** To be called before the first look. What belongs to a pod that is on record no more went with it. */
  async restore(isOnRecord: (uid: PodUid) => Promise<boolean>): Promise<void> {
    for (const [key, addition] of await this.#files.load()) {
      this.#stored.set(key, addition);
      if (await isOnRecord(addition.pod.uid)) this.#held.set(key, addition);
    }
  }

  /** The same manifests with what was added; what a look takes away is gone from the disk before anybody goes by it. */
  over(manifests: Manifests): Manifests {
    return {
      load: async () => {
        const read = await manifests.load();
        return this.#turns.run(async () => {
          const found = this.find(read);
          await this.#storeAll();
          return found;
        });
      },
    };
  }

  /** What a look finds, with nothing written. The same pods with the same additions are the same values as the last time. */
  find(manifests: ManifestSnapshot): ManifestSnapshot {
    this.#manifests = manifests;
    const versions = new Map<Pod, Pod>();
    const [isDark, isSilent] = [darkFiles(manifests), silentFiles(manifests)];
    for (const addition of [...this.#held.values()]) {
      if (isDark(addition.file)) continue;
      const definition = this.#definitionOf(addition);
      const pod = definition && this.#follow(addition, definition);
      if (definition !== undefined && pod !== undefined) versions.set(definition.pod, pod);
      else if (definition !== undefined || !isSilent(addition.file)) this.#drop(addition);
    }
    return versions.size === 0 ? manifests : withVersions(manifests, versions);
  }

  /** The pod as it is from the next look on; undefined where nothing was added to it, or its file could not be read so far. */
  shown(key: string, uid: PodUid): Pod | undefined {
    return this.#held.get(key)?.pod.uid === uid ? this.#shown.get(key) : undefined;
  }

  /**
   * On disk, and shown, when it resolves; of a dry run nothing is. Rejects with an ApiFailure: Invalid with all that is wrong with it,
   * Forbidden where the file cannot be used now.
   */
  add(wanted: Addition, { dryRun }: { readonly dryRun: boolean }): Promise<void> {
    return this.#turns.run(async () => {
      const { pod, file } = wanted;
      const key = keyOfAddition(wanted);
      const before = this.#held.get(key);
      const earlier = before?.pod.uid === pod.uid ? before.ephemeralContainers : [];
      const addition = { ...wanted, ephemeralContainers: [...earlier, ...wanted.ephemeralContainers] };
      const definition = this.#definitionOf(addition);
      if (definition?.file !== file)
        throw forbidden('pods', pod.name, `${file} does not define it now; mend that file first`);
      const version = this.#judge(addition, definition);
      if (dryRun) return;
      await this.#store(key, addition).catch((error) => {
        throw notWritten(`write the ephemeral containers of ${key}`, messageOf(error));
      });
      this.#held.set(key, addition);
      this.#shown.set(key, version);
      this.#made.set(definition.pod, { pod: version, added: addition.ephemeralContainers, refused: [] });
    });
  }

  #judge({ ephemeralContainers, file }: Addition, { pod }: PodDefinition): Pod {
    const limit = this.#options.maxManifestBytes;
    if (Buffer.byteLength(JSON.stringify(documentWith(pod, ephemeralContainers))) > limit)
      throw new ApiFailure('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
    const found = withAddedContainers(pod, ephemeralContainers, file);
    if (found.state === 'invalid') throw invalidObject('Pod', pod.metadata.name, found.errors);
    return found.pod;
  }

  /** As with pods: of several files that define it the one that did so before, else the first in path order. */
  #definitionOf(addition: Addition): PodDefinition | undefined {
    const key = keyOfAddition(addition);
    const found = [...podDefinitions(this.#manifests)].filter(
      (each) =>
        each.key === key &&
        !this.#own.isOwn(key, each.file) &&
        (each.pod.metadata.uid ?? addition.pod.uid) === addition.pod.uid,
    );
    const [first] = found.sort((a, b) => (a.file < b.file ? -1 : 1));
    return found.find(({ file }) => file === addition.file) ?? first;
  }

  /** The pod as its file has it now, with what fits of the additions; undefined where nothing does. */
  #follow(addition: Addition, { key, pod, file }: PodDefinition): Pod | undefined {
    const fitted = this.#fit(addition, pod);
    const { added: ephemeralContainers } = fitted;
    if (ephemeralContainers.length === 0) return undefined;
    if (ephemeralContainers !== addition.ephemeralContainers || file !== addition.file)
      this.#held.set(key, { ...addition, file, ephemeralContainers });
    this.#shown.set(key, fitted.pod);
    return fitted.pod;
  }

  #fit({ pod: { namespace, name }, file, ephemeralContainers }: Addition, pod: Pod): Fitted {
    const known = this.#made.get(pod);
    if (known?.added === ephemeralContainers) return known;
    const fitted = fittingContainers(pod, ephemeralContainers, file);
    this.#made.set(pod, fitted);
    for (const { container, why } of fitted.refused)
      this.#options.logger.warn(
        { pod: `${namespace}/${name}`, container, err: why },
        'ephemeral container gives way to the manifest',
      );
    return fitted;
  }

  #drop(addition: Addition): void {
    const key = keyOfAddition(addition);
    this.#held.delete(key);
    this.#shown.delete(key);
  }

  /** What the disk refuses is tried again at the next look. */
  async #storeAll(): Promise<void> {
    for (const key of new Set([...this.#stored.keys(), ...this.#held.keys()]))
      await this.#store(key, this.#held.get(key)).catch((error) =>
        this.#options.logger.warn({ key, err: messageOf(error) }, 'ephemeral containers cannot be recorded'),
      );
  }

  async #store(key: string, addition: Addition | undefined): Promise<void> {
    if (this.#stored.get(key) === addition) return;
    await this.#files.save(key, addition);
    if (addition === undefined) this.#stored.delete(key);
    else this.#stored.set(key, addition);
  }
}
