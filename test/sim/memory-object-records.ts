import { TinyletError } from '../../src/base/index.ts';
import type { ObjectRecord, ObjectRecords } from '../../src/state/index.ts';
import type { Writes } from '../fakes/store-trouble.ts';

/** The last good objects, on a disk that outlives the daemon. What is read again is never the object that was written. */
export class MemoryObjectRecords implements ObjectRecords {
  readonly #writes: Writes;
  #kept: readonly ObjectRecord[] = [];
  /** Told what a daemon finds when it comes up. */
  onLoad: (records: readonly ObjectRecord[]) => void = () => undefined;

  constructor(writes: Writes) {
    this.#writes = writes;
  }

  async load(): Promise<readonly ObjectRecord[]> {
    this.onLoad(this.#kept);
    return structuredClone(this.#kept);
  }

  async save(records: readonly ObjectRecord[]): Promise<void> {
    await this.#writes.one(
      () => new TinyletError('STATE_IO', 'cannot record objects: no space left on device'),
    );
    this.#kept = records;
  }
}
