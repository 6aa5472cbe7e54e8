import type { Random } from '../base/index.ts';
import { asPodUid, type PodKey, type PodUid, podKey } from '../pod/index.ts';
import type { PodRecord, PodRecords } from '../state/index.ts';
import type { Target } from '../targets/index.ts';
import { UserBlocks } from './user-blocks.ts';

export interface KnownPodsPorts {
  readonly records: Pick<PodRecords, 'load'>;
  readonly random: Random;
}

/** The pods' records as they were last written, and what pods without one have been given until they have one. */
export class KnownPods {
  readonly #ports: KnownPodsPorts;
  readonly #records = new Map<PodUid, PodRecord>();
  readonly #newborn = new Map<PodKey, PodUid>();
  readonly #userBlocks = new UserBlocks();

  constructor(ports: KnownPodsPorts) {
    this.#ports = ports;
  }

  /** Rejects when the records cannot be read: guessing would remove pods. */
  async restore(): Promise<void> {
    for (const record of await this.#ports.records.load()) this.#records.set(record.uid, record);
  }

  record(uid: PodUid): PodRecord | undefined {
    return this.#records.get(uid);
  }

  get records(): Iterable<PodRecord> {
    return this.#records.values();
  }

  note(record: PodRecord): void {
    this.#records.set(record.uid, record);
    const key = podKey(record);
    if (this.#newborn.get(key) === record.uid) this.#newborn.delete(key);
  }

  forget(uid: PodUid): void {
    this.#records.delete(uid);
    this.#userBlocks.release(uid);
  }

  /** The UID for a pod that appears for the first time; the same answer until it is recorded. */
  newUid(key: PodKey): PodUid {
    const uid = this.#newborn.get(key) ?? asPodUid(this.#ports.random.uuid());
    this.#newborn.set(key, uid);
    return uid;
  }

  /** The first host id of a pod's user namespace. */
  usersBase(uid: PodUid): number {
    return this.#userBlocks.baseOf(uid, this.#records);
  }

  /** The longest grace period that any of them may take to stop. */
  longestGraceMs(): number {
    const seconds = [...this.records].map(({ pod }) => pod.spec.terminationGracePeriodSeconds);
    return Math.max(0, ...seconds) * 1000;
  }

  /** The records with their files as the passes under way will come to write them: what was once read counts, whatever becomes of it. */
  recordsUnder(targets: ReadonlyMap<PodUid, Target>): readonly PodRecord[] {
    return [...this.records].map((record) => {
      const target = targets.get(record.uid);
      const isWanted = target?.kind === 'run' && record.deletionStartedAtMs === undefined;
      return isWanted && record.file !== target.file ? { ...record, file: target.file } : record;
    });
  }
}
