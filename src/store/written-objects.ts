import type { ParsedObject } from '../manifest/index.ts';
import type { NodeState } from './ports.ts';

/** What was written of an object last: another version, or that it is gone. */
export type WrittenObject = ParsedObject | 'deleted';

interface Entry {
  readonly written: WrittenObject;
  /** How many looks at the files had begun when it was on disk. */
  readonly afterLook: number;
}

/** What the API has written and no look at the files has found yet. */
export class WrittenObjects {
  readonly #looks: NodeState['looks'];
  readonly #entries = new Map<string, Entry>();

  constructor(looks: NodeState['looks']) {
    this.#looks = looks;
  }

  /** To be called when it is on disk: what begins to look from then on will find it. */
  note(key: string, written: WrittenObject): void {
    this.#entries.set(key, { written, afterLook: this.#looks().begun });
  }

  get(key: string): WrittenObject | undefined {
    return this.#current.get(key)?.written;
  }

  /** The objects of one kind that were written, by their keys. */
  ofKind<K extends ParsedObject['kind']>(kind: K): ReadonlyMap<string, WrittenObject> {
    const prefix = `${kind}/`;
    const found = [...this.#current].filter(([key]) => key.startsWith(prefix));
    return new Map(found.map(([key, { written }]) => [key, written]));
  }

  get #current(): ReadonlyMap<string, Entry> {
    const { inForce } = this.#looks();
    for (const [key, { afterLook }] of this.#entries) if (inForce > afterLook) this.#entries.delete(key);
    return this.#entries;
  }
}
