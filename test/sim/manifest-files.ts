import { dirname } from 'node:path';
import type { ManifestFile, ManifestSnapshot } from '../../src/manifest/index.ts';
import { type Pod, type PodKey, podKey } from '../../src/pod/index.ts';
import { objectKey, type SimObject } from './made-from.ts';

/** One file: what it defines, and whether it can be read just now. */
export interface SimFile {
  readonly pods: readonly Pod[];
  readonly objects: readonly SimObject[];
  readonly broken: boolean;
}

export interface SimClaim {
  readonly file: string;
  readonly pod: Pod;
}

export interface SimDefinition {
  readonly file: string;
  readonly object: SimObject;
}

/** What the files said at one moment, as the checks see it. */
export interface View {
  readonly atMs: number;
  readonly snapshot: ManifestSnapshot;
  readonly claims: ReadonlyMap<PodKey, readonly SimClaim[]>;
  /** By `<kind>/<name>`, in the order the files are read. */
  readonly objects: ReadonlyMap<string, readonly SimDefinition[]>;
  /** Exists and cannot be used, or lies where nothing can be read. */
  readonly isDark: (file: string) => boolean;
}

/** The manifest directories, in memory. */
export class ManifestFiles {
  readonly directories: readonly string[];
  readonly #files = new Map<string, SimFile>();
  readonly #unreadable = new Set<string>();
  readonly #accepted = new WeakMap<SimFile, ManifestFile>();
  #view: View | undefined;

  constructor(directories: readonly string[]) {
    this.directories = directories;
  }

  get paths(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  get(path: string): SimFile | undefined {
    return this.#files.get(path);
  }

  write(path: string, file: SimFile): void {
    this.#files.set(path, file);
    this.#view = undefined;
  }

  remove(path: string): void {
    this.#files.delete(path);
    this.#view = undefined;
  }

  setReadable(directory: string, readable: boolean): void {
    if (readable) this.#unreadable.delete(directory);
    else this.#unreadable.add(directory);
    this.#view = undefined;
  }

  /** The same object until something changes. */
  view(atMs: number): View {
    this.#view ??= this.#look(atMs);
    return this.#view;
  }

  #look(atMs: number): View {
    const unreadable = new Set(this.#unreadable);
    const claims = new Map<PodKey, SimClaim[]>();
    const objects = new Map<string, SimDefinition[]>();
    const dark = new Set<string>();
    for (const path of this.paths) {
      const file = this.#files.get(path);
      if (file === undefined || unreadable.has(dirname(path))) continue;
      if (file.broken) dark.add(path);
      else {
        for (const pod of file.pods) add(claims, podKey(pod.metadata), { file: path, pod });
        for (const object of file.objects) add(objects, objectKey(object), { file: path, object });
      }
    }
    const isDark = (file: string): boolean => dark.has(file) || unreadable.has(dirname(file));
    return { atMs, claims, objects, isDark, snapshot: this.#snapshot(unreadable) };
  }

  #snapshot(unreadable: ReadonlySet<string>): ManifestSnapshot {
    return {
      directories: this.directories.map((directory) =>
        unreadable.has(directory)
          ? { state: 'unreadable', directory, reason: 'EACCES' }
          : { state: 'read', directory, files: this.#filesIn(directory), warnings: [] },
      ),
    };
  }

  #filesIn(directory: string): ManifestFile[] {
    return this.paths.flatMap((path) => {
      const file = this.#files.get(path);
      return file === undefined || dirname(path) !== directory ? [] : [this.#read(path, file)];
    });
  }

  /** As the real reader does, the same content gives the same objects. */
  #read(path: string, file: SimFile): ManifestFile {
    const known = this.#accepted.get(file);
    if (known?.file === path) return known;
    const read: ManifestFile = file.broken
      ? {
          state: 'refused',
          file: path,
          errors: [{ file: path, line: 1, column: 1, path: '', message: 'broken' }],
        }
      : {
          state: 'accepted',
          file: path,
          objects: [
            ...file.objects.map((object) => ({ ...{ kind: object.kind, object, file: path, line: 1 } })),
            ...file.pods.map((pod, index) => ({
              ...{ kind: 'Pod' as const, pod, file: path, line: index * 10 + 1 },
            })),
          ],
          notes: [],
        };
    this.#accepted.set(file, read);
    return read;
  }
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const others = map.get(key);
  if (others === undefined) map.set(key, [value]);
  else others.push(value);
}
