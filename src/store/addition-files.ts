import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  errnoOf,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Logger,
  messageOf,
  textAt,
} from '../base/index.ts';
import { asPodUid, type PodUid } from '../pod/index.ts';
import { ObjectFiles } from './object-files.ts';
import { objectKey } from './resource-kinds.ts';

/** What was added through the API to a pod that a file of a watched directory defines. */
export interface Addition {
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: PodUid };
  /** The file that defined it last. */
  readonly file: string;
  /** As they were written. Never empty. */
  readonly ephemeralContainers: readonly JsonValue[];
}

/** One file for each pod that something was added to, `<root-dir>/ephemeral-containers/pod.<namespace>.<name>.json`. */
export class AdditionFiles {
  readonly #files: ObjectFiles;
  readonly #logger: Logger;

  constructor(rootDir: string, logger: Logger) {
    this.#files = new ObjectFiles(join(rootDir, 'ephemeral-containers'));
    this.#logger = logger;
  }

  /** Makes their directory, and clears what a crash has left in it. */
  prepare(): Promise<void> {
    return this.#files.prepare();
  }

  /** What an earlier daemon left, by the keys of the pods. Never rejects: what cannot be read is told, stays, and counts as nothing. */
  async load(): Promise<ReadonlyMap<string, Addition>> {
    const { directory } = this.#files;
    const names = await readdir(directory).catch((error) => {
      if (errnoOf(error) !== 'ENOENT') this.#tell(directory, messageOf(error));
      return [];
    });
    const found = new Map<string, Addition>();
    for (const name of names) {
      if (name.startsWith('.') || !name.endsWith('.json')) continue;
      const addition = await this.#read(join(directory, name));
      if (addition !== undefined) found.set(keyOfAddition(addition), addition);
    }
    return found;
  }

  /** On disk when it resolves; undefined takes the file away. Rejects with the system error. */
  save(key: string, addition: Addition | undefined): Promise<void> {
    if (addition === undefined) return this.#files.remove(key);
    return this.#files.write(key, `${JSON.stringify(addition, null, 2)}\n`);
  }

  async #read(path: string): Promise<Addition | undefined> {
    try {
      const stored: unknown = JSON.parse(await readFile(path, 'utf8'));
      const addition = isJsonObject(stored) ? additionOf(stored) : undefined;
      if (addition !== undefined && this.#files.pathOf(keyOfAddition(addition)) === path) return addition;
      this.#tell(path, 'it does not say what was added to the pod of its name');
    } catch (error) {
      this.#tell(path, messageOf(error));
    }
    return undefined;
  }

  #tell(file: string, err: string): void {
    this.#logger.warn({ file, err }, 'ephemeral containers cannot be read: ignored');
  }
}

export function keyOfAddition({ pod }: Addition): string {
  return objectKey('Pod', pod.namespace, pod.name);
}

function additionOf({ pod = {}, file = '', ephemeralContainers }: JsonObject): Addition | undefined {
  const [namespace, name, uid] = ['namespace', 'name', 'uid'].map((field) => textAt(pod, field));
  if (!namespace || !name || !uid || typeof file !== 'string' || !isJsonList(ephemeralContainers))
    return undefined;
  return { pod: { namespace, name, uid: asPodUid(uid) }, file, ephemeralContainers };
}
