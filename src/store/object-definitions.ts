import type { JsonObject } from '../base/index.ts';
import type { ObjectFiles } from './object-files.ts';
import type { ObjectReader } from './object-reader.ts';
import type { NodeState, PodView } from './ports.ts';
import { objectKey } from './resource-kinds.ts';
import type { WrittenObjects } from './written-objects.ts';

export interface DefinitionParts {
  readonly state: Pick<NodeState, 'pods' | 'objects'>;
  readonly written: WrittenObjects;
  readonly files: Pick<ObjectFiles, 'isOwn'>;
  readonly objects: Pick<ObjectReader, 'get'>;
}

/** Which file defines an object, and what it says. */
export class ObjectDefinitions {
  readonly #parts: DefinitionParts;

  constructor(parts: DefinitionParts) {
    this.#parts = parts;
  }

  /** The file of the user's that defines it; undefined where the API wrote it, or nothing is there. */
  foreignFile(key: string): string | undefined {
    const { state, written, files } = this.#parts;
    if (written.get(key) !== undefined) return undefined;
    const file = key.startsWith('Pod/') ? this.podView(key)?.file : state.objects().get(key)?.file;
    return file === undefined || files.isOwn(key, file) ? undefined : file;
  }

  /** A pod as it was written last and as it is shown; undefined for what is not there. Of all else nothing but what is shown is kept. */
  documentOf(key: string): { readonly written: JsonObject; readonly shown: JsonObject } | undefined {
    if (!key.startsWith('Pod/')) return undefined;
    const latest = this.#parts.written.get(key);
    const pod =
      latest !== undefined && latest !== 'deleted' && latest.kind === 'Pod' ? latest.pod : undefined;
    const { document } = pod ?? this.podView(key)?.pod ?? {};
    const [, namespace = '', name = ''] = key.split('/');
    const shown = this.#parts.objects.get('pods', namespace, name);
    return document === undefined || shown === undefined ? undefined : { written: document, shown };
  }

  /** The pod that bears a name: of two the one on its way out. */
  podView(key: string): PodView | undefined {
    const named = this.#parts.state
      .pods()
      .filter(({ namespace, name }) => objectKey('Pod', namespace, name) === key);
    return named.find(({ record }) => record?.deletionStartedAtMs !== undefined) ?? named[0];
  }
}
