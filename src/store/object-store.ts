import { type Clock, invariant, type JsonObject, type Logger, type Timer } from '../base/index.ts';
import { type ChangeLimits, ObjectCollection } from './object-collection.ts';
import type { ObjectChange, ObjectList, ObjectReader, ObjectSource } from './object-reader.ts';

export interface ObjectStoreOptions {
  readonly sources: readonly ObjectSource[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** For each resource. */
  readonly limits?: ChangeLimits;
}

const LIMITS: ChangeLimits = { changes: 2_000, characters: 2_000_000 };
/** While somebody watches, changes are looked for at most this often. */
const REFRESH_EVERY_MS = 20;

interface Watcher {
  readonly resource: string;
  readonly listener: (change: ObjectChange) => void;
  readonly signal: AbortSignal;
  /** The version it knows of. */
  told: number;
}

/**
 * The objects of all sources. Nothing is looked at before somebody asks: a read looks at its own resource first, and changes are looked
 * for while there are watches and `noteChange` is called.
 */
export class ObjectStore implements ObjectReader {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #collections: ReadonlyMap<string, ObjectCollection>;
  readonly #watchers = new Set<Watcher>();
  #version: number;
  /** Found, and not told yet: a listener that reads may find more while it is told. */
  #untold: ObjectChange[] = [];
  #isTelling = false;
  #timer: Timer | undefined;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ sources, clock, logger, limits = LIMITS }: ObjectStoreOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#collections = new Map(
      sources.map((source) => [source.resource, new ObjectCollection(source, limits)]),
    );
    // A daemon that comes back goes on above what the one before it has given away: it made no thousand changes a second.
    this.#version = clock.nowMs();
  }

  get version(): number {
    return this.#version;
  }

  list(resource: string, namespace?: string): ObjectList {
    const items = this.#refreshed(resource).list(namespace);
    return { version: this.#version, items };
  }

  get(resource: string, namespace: string, name: string): JsonObject | undefined {
    return this.#refreshed(resource).get(namespace, name);
  }

  watch(
    resource: string,
    since: number,
    listener: (change: ObjectChange) => void,
    signal: AbortSignal,
  ): boolean {
    const missed = this.#refreshed(resource).changesAfter(since);
    // A version that was not given yet is of another life of this daemon, whose clock was ahead.
    if (missed === undefined || since > this.#version) return false;
    if (signal.aborted) return true;
    const watcher: Watcher = { resource, listener, told: since, signal };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => this.#watchers.delete(watcher), { once: true });
    // What its listener finds out by a read of its own is told after these.
    const wasTelling = this.#isTelling;
    this.#isTelling = true;
    for (const change of missed) this.#tell(watcher, change);
    this.#isTelling = wasTelling;
    this.#tellAll();
    return true;
  }

  /** Something may have changed: who watches hears of it soon. Cheap, and nothing where nobody does. */
  noteChange(): void {
    if (this.#watchers.size === 0 || this.#timer !== undefined) return;
    const sinceMs = this.#clock.monotonicMs() - this.#refreshedAtMs;
    this.#timer = this.#clock.setTimer(Math.max(0, REFRESH_EVERY_MS - sinceMs), () => {
      this.#timer = undefined;
      this.#refreshedAtMs = this.#clock.monotonicMs();
      this.#refreshWatched();
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#watchers.clear();
  }

  #refreshWatched(): void {
    for (const resource of new Set([...this.#watchers].map((watcher) => watcher.resource)))
      try {
        this.#refreshed(resource);
      } catch (err) {
        this.#logger.error({ err, resource }, 'objects cannot be looked at');
      }
  }

  #refreshed(resource: string): ObjectCollection {
    const collection = this.#collections.get(resource);
    invariant(collection !== undefined, `no source of ${resource}`);
    const { version, changes } = collection.refresh(this.#version);
    this.#version = version;
    this.#untold.push(...changes);
    this.#tellAll();
    return collection;
  }

  #tellAll(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let change = this.#untold.shift(); change !== undefined; change = this.#untold.shift())
      for (const watcher of this.#watchers)
        if (watcher.resource === change.resource) this.#tell(watcher, change);
    this.#isTelling = false;
  }

  /** Whoever began to watch while a change was still to be told has it from the log already. */
  #tell(watcher: Watcher, change: ObjectChange): void {
    if (change.version <= watcher.told || watcher.signal.aborted) return;
    watcher.told = change.version;
    try {
      watcher.listener(change);
    } catch (err) {
      this.#logger.error({ err, resource: change.resource }, 'a change cannot be told');
    }
  }
}
