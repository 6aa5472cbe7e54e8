import { TinyletError } from '../../src/base/index.ts';
import type { PodUid } from '../../src/pod/index.ts';
import type { PodRecord, PodRecords } from '../../src/state/index.ts';
import type { Writes } from '../fakes/store-trouble.ts';

/** Records on a disk that outlives the daemon. Kept as text: what is read again is never the object that was written. */
export class MemoryRecords implements PodRecords {
  readonly #kept = new Map<PodUid, { readonly text: string; readonly record: PodRecord }>();
  readonly #writes: Writes;
  /** Told at the instant of the effect. */
  onSaved: (record: PodRecord, before: PodRecord | undefined) => void = () => undefined;
  onRemoved: (uid: PodUid) => void = () => undefined;

  constructor(writes: Writes) {
    this.#writes = writes;
  }

  async load(): Promise<readonly PodRecord[]> {
    return [...this.#kept.values()].map(({ text }) => JSON.parse(text) as PodRecord);
  }

  async save(record: PodRecord): Promise<void> {
    await this.#write('record');
    const before = this.get(record.uid);
    const text = JSON.stringify(record);
    this.#kept.set(record.uid, { text, record: JSON.parse(text) as PodRecord });
    this.onSaved(record, before);
  }

  async remove(uid: PodUid): Promise<void> {
    await this.#write('record');
    this.#kept.delete(uid);
    this.onRemoved(uid);
  }

  get all(): readonly PodRecord[] {
    return [...this.#kept.values()].map(({ record }) => record);
  }

  get uids(): readonly PodUid[] {
    return [...this.#kept.keys()];
  }

  get(uid: PodUid): PodRecord | undefined {
    return this.#kept.get(uid)?.record;
  }

  /** Somebody deleted the file. */
  lose(uid: PodUid): void {
    this.#kept.delete(uid);
  }

  #write(what: string): Promise<void> {
    return this.#writes.one(
      () => new TinyletError('STATE_IO', `cannot write a ${what}: no space left on device`),
    );
  }
}
