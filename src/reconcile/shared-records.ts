import type { PodUid } from '../pod/index.ts';
import type { PodRecord, PodRecords } from '../state/index.ts';
import type { KnownPods } from './known-pods.ts';

export interface SharedRecordsParts {
  readonly records: Pick<PodRecords, 'save' | 'remove'>;
  readonly known: Pick<KnownPods, 'record' | 'note' | 'forget'>;
}

/**
 * The records as both sides write them: passes, which plan a whole new one, and commands, which change a part of what is there. Writes
 * of one pod come one after the other, and what a command recorded while a pass was planning is not undone by that pass.
 */
export class SharedRecords {
  readonly #parts: SharedRecordsParts;
  readonly #writes = new Map<PodUid, Promise<unknown>>();

  constructor(parts: SharedRecordsParts) {
    this.#parts = parts;
  }

  /** Writes what a pass has planned. */
  save(record: PodRecord): Promise<void> {
    const { records, known } = this.#parts;
    return this.#inTurn(record.uid, async () => {
      const merged = withCommands(record, known.record(record.uid));
      await records.save(merged);
      known.note(merged);
    });
  }

  remove(uid: PodUid): Promise<void> {
    const { records, known } = this.#parts;
    return this.#inTurn(uid, async () => {
      await records.remove(uid);
      known.forget(uid);
    });
  }

  /** Changes what is on record, if anything is; resolves to whether it is. `change` gives back what it was given where nothing changes. */
  change(uid: PodUid, change: (record: PodRecord) => PodRecord): Promise<boolean> {
    const { records, known } = this.#parts;
    return this.#inTurn(uid, async () => {
      const record = known.record(uid);
      if (record === undefined) return false;
      const changed = change(record);
      if (changed === record) return true;
      await records.save(changed);
      known.note(changed);
      return true;
    });
  }

  async #inTurn<T>(uid: PodUid, write: () => Promise<T>): Promise<T> {
    const turn = (this.#writes.get(uid) ?? Promise.resolve()).then(write, write);
    this.#writes.set(uid, turn);
    try {
      return await turn;
    } finally {
      if (this.#writes.get(uid) === turn) this.#writes.delete(uid);
    }
  }
}

/** A deletion that began stays begun, its grace period is the command's, and so are the conditions. */
function withCommands(planned: PodRecord, now: PodRecord | undefined): PodRecord {
  if (now === undefined) return planned;
  const { deletionStartedAtMs, deletionGraceSeconds, conditions } = now;
  return {
    ...planned,
    ...(deletionStartedAtMs !== undefined && { deletionStartedAtMs }),
    ...(deletionGraceSeconds !== undefined && { deletionGraceSeconds }),
    ...(conditions !== undefined && { conditions }),
  };
}
