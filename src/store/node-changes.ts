import { readFile } from 'node:fs/promises';
import {
  errnoOf,
  isJsonObject,
  type JsonObject,
  type Logger,
  messageOf,
  objectAt,
  writeFileAtomic,
} from '../base/index.ts';
import { OWN_NODE_LABELS } from './kinds/node-object.ts';

/** What the node says of itself. */
const TOLD = ['name', 'uid', 'creationTimestamp', 'resourceVersion'];

/** What was changed of the node through the API: its metadata and spec, in a file of their own. */
export class NodeChanges {
  readonly #path: string;
  readonly #logger: Logger;
  #current: JsonObject = {};

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  /** The same value until something is changed. */
  get current(): JsonObject {
    return this.#current;
  }

  get isUnschedulable(): boolean {
    return objectAt(this.#current, 'spec').unschedulable === true;
  }

  /** Reads what an earlier daemon left. Never rejects: what cannot be read is told, and counts as nothing. */
  async load(): Promise<void> {
    try {
      const stored: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      if (isJsonObject(stored)) this.#current = stored;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT')
        this.#logger.warn(
          { file: this.#path, err: messageOf(error) },
          'changes of the node cannot be read: ignored',
        );
    }
  }

  /** Takes over a whole Node. On disk when this resolves; rejects with the system error. */
  async save(node: JsonObject): Promise<void> {
    const metadata = objectAt(node, 'metadata');
    const own: readonly string[] = OWN_NODE_LABELS;
    const labels = Object.entries(objectAt(metadata, 'labels')).filter(([label]) => !own.includes(label));
    const changes = {
      metadata: {
        ...Object.fromEntries(Object.entries(metadata).filter(([field]) => !TOLD.includes(field))),
        labels: Object.fromEntries(labels),
      },
      spec: objectAt(node, 'spec'),
    };
    await writeFileAtomic(this.#path, `${JSON.stringify(changes, null, 2)}\n`);
    this.#current = changes;
  }
}
