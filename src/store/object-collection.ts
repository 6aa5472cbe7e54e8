import { isEqualJson, type JsonObject, objectAt, textAt } from '../base/index.ts';
import type { ObjectChange, ObjectSource, SourceObject } from './object-reader.ts';

export interface ChangeLimits {
  /** How many changes are kept for watches that begin later. */
  readonly changes: number;
  /** How long they may be together, as JSON text. */
  readonly characters: number;
}

interface Entry {
  readonly source: SourceObject;
  readonly object: JsonObject;
}

interface LoggedChange {
  readonly change: ObjectChange;
  readonly characters: number;
}

/** The objects of one resource as they were at the last look, and its last changes. */
export class ObjectCollection {
  readonly #source: ObjectSource;
  readonly #limits: ChangeLimits;
  #entries = new Map<string, Entry>();
  #sorted: readonly Entry[] | undefined;
  #log: LoggedChange[] = [];
  #characters = 0;
  /** The changes after this version are all kept; undefined before the first look. */
  #completeSince: number | undefined;

  constructor(source: ObjectSource, limits: ChangeLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /**
   * Looks at the source. Each change gets the next version; those of the first look are no news, for nobody can have seen what was
   * before.
   */
  refresh(version: number): { readonly version: number; readonly changes: readonly ObjectChange[] } {
    const changes: ObjectChange[] = [];
    const present = new Map<string, Entry>();
    let last = version;
    for (const source of this.#source.objects()) {
      const key = `${source.namespace}/${source.name}`;
      if (present.has(key)) continue;
      const entry = this.#entries.get(key);
      const news = isAsBefore(entry, source) ? [] : changesOf(entry?.object, source.make());
      const made = news.map((each) => this.#change(each, ++last));
      changes.push(...made);
      const object = made.at(-1)?.object ?? entry?.object;
      if (object !== undefined) present.set(key, { source, object });
    }
    for (const [key, { object }] of this.#entries)
      if (!present.has(key)) changes.push(this.#change({ type: 'DELETED', object }, ++last));
    this.#entries = present;
    if (changes.length > 0) this.#sorted = undefined;
    if (this.#completeSince === undefined) {
      this.#completeSince = last;
      return { version: last, changes: [] };
    }
    this.#keep(changes);
    return { version: last, changes };
  }

  get(namespace: string, name: string): JsonObject | undefined {
    return this.#entries.get(`${namespace}/${name}`)?.object;
  }

  list(namespace: string | undefined): readonly JsonObject[] {
    this.#sorted ??= [...this.#entries.values()].sort(byName);
    return this.#sorted
      .filter(({ source }) => namespace === undefined || source.namespace === namespace)
      .map(({ object }) => object);
  }

  /** All changes after a version; undefined where not all of them are kept. */
  changesAfter(version: number): readonly ObjectChange[] | undefined {
    if (this.#completeSince === undefined || version < this.#completeSince) return undefined;
    return this.#log.flatMap(({ change }) => (change.version > version ? change : []));
  }

  #change(news: News, version: number): ObjectChange {
    const { resource } = this.#source;
    return { ...news, resource, version, object: withVersion(news.object, version) };
  }

  #keep(changes: readonly ObjectChange[]): void {
    for (const change of changes) {
      const characters = JSON.stringify(change.object).length;
      this.#log.push({ change, characters });
      this.#characters += characters;
    }
    let dropped = 0;
    for (const { change, characters } of this.#log) {
      const left = this.#log.length - dropped;
      if (left <= this.#limits.changes && this.#characters <= this.#limits.characters) break;
      this.#characters -= characters;
      this.#completeSince = change.version;
      dropped += 1;
    }
    if (dropped > 0) this.#log = this.#log.slice(dropped);
  }
}

type News = Pick<ObjectChange, 'type' | 'object' | 'before'>;

function isAsBefore(entry: Entry | undefined, { basis }: SourceObject): boolean {
  const before = entry?.source.basis;
  return before?.length === basis.length && basis.every((part, index) => Object.is(part, before[index]));
}

/** An object that was made anew under its old name is another one: whoever waits for the old one to go must hear of it. */
function changesOf(before: JsonObject | undefined, now: JsonObject): readonly News[] {
  if (before === undefined) return [{ type: 'ADDED', object: now }];
  const [was, is] = [objectAt(before, 'metadata'), objectAt(now, 'metadata')];
  if (textAt(was, 'uid') !== textAt(is, 'uid'))
    return [
      { type: 'DELETED', object: before },
      { type: 'ADDED', object: now },
    ];
  const { resourceVersion } = was;
  if (isEqualJson(before, { ...now, metadata: { ...is, resourceVersion } })) return [];
  return [{ type: 'MODIFIED', object: now, before }];
}

function withVersion(object: JsonObject, version: number): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), resourceVersion: String(version) } };
}

function byName({ source: a }: Entry, { source: b }: Entry): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
