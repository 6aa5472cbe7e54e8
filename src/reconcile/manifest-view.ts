import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { ManifestMessage, ManifestSnapshot } from '../manifest/index.ts';
import type { Pod, UsedObjects } from '../pod/index.ts';
import type { ObjectRecord, ObjectRecords } from '../state/index.ts';
import { SideObjects } from '../targets/index.ts';

export interface ManifestViewPorts {
  readonly manifests: { load(): Promise<ManifestSnapshot> };
  readonly objectRecords: ObjectRecords;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the files said at the last look, and which objects beside pods are in force. */
export class ManifestView {
  readonly #ports: ManifestViewPorts;
  readonly #objects = new SideObjects();
  #recorded: ReadonlyMap<string, ObjectRecord> | undefined;
  #last: ManifestSnapshot = { directories: [] };
  #refused: readonly ManifestMessage[] = [];
  #begun = 0;
  #ended = 0;

  constructor(ports: ManifestViewPorts) {
    this.#ports = ports;
  }

  get last(): ManifestSnapshot {
    return this.#last;
  }

  /** Objects that only the whole tells to be wrong. */
  get refused(): readonly ManifestMessage[] {
    return this.#refused;
  }

  /** Begins with the objects that were in force when the last daemon ended. */
  async restore(): Promise<void> {
    this.#objects.restore(await this.#ports.objectRecords.load());
    this.#recorded = this.#objects.records;
  }

  async load(): Promise<void> {
    this.#begun += 1;
    const number = this.#begun;
    this.#last = await this.#ports.manifests.load();
    this.#refused = this.#objects.note(this.#last, this.#ports.clock.nowMs());
    this.#ended = number;
  }

  /** How many looks at the files were begun, and which of them is the last one that ended. */
  get loads(): { readonly begun: number; readonly ended: number } {
    return { begun: this.#begun, ended: this.#ended };
  }

  /** The objects beside pods that are in force. The same value as long as nothing changes. */
  get objects(): ReadonlyMap<string, ObjectRecord> {
    return this.#objects.records;
  }

  /** A last good version that could not be recorded is still in force: it is tried again at the next look at the files. */
  async record(): Promise<void> {
    const { records } = this.#objects;
    if (records === this.#recorded) return;
    try {
      await this.#ports.objectRecords.save([...records.values()]);
      this.#recorded = records;
    } catch (error) {
      this.#ports.logger.warn({ err: messageOf(error) }, 'objects cannot be recorded');
    }
  }

  /** The objects a pod names. The same value as long as none of them changes. */
  usedBy(pod: Pod): UsedObjects {
    return this.#objects.usedBy(pod);
  }
}
