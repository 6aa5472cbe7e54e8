import { type Clock, isJsonObject, type JsonObject, textAt } from '../../base/index.ts';

/** How long what is left of a list is kept as it was: as long as etcd keeps it for Kubernetes. */
const KEPT_MS = 300_000;
/** Who begins more lists than that without reading them to their end loses the first of them. */
const MOST_KEPT = 16;

/** Of a list that was chosen at one version of the store, sorted by namespace and name. */
export interface ChosenList {
  readonly items: readonly JsonObject[];
  readonly version: number;
}

/** A part of a list, and what leads to the next one: a token for `continue`. */
export interface ListPage extends ChosenList {
  /** Absent of the last. */
  readonly next?: { readonly token: string; readonly remaining: number };
}

/** Where a list goes on (apiserver: storage.EncodeContinue; there, too, a version of -1 is any). */
export interface ListPlace {
  readonly version: number;
  /** `namespace/name` of the last object that was told. */
  readonly after: string;
}

interface Kept extends ChosenList {
  readonly untilMs: number;
}

const TOKEN_VERSION = 'meta.k8s.io/v1';
const ANY_VERSION = -1;

/** Lists that are told in parts (`limit` and `continue`). Each goes on as it was when it began, whatever has changed since. */
export class ListPages {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first part. `name` tells apart what is listed; `limit` is 0 for all of it. */
  begin(name: string, list: ChosenList, limit: number): ListPage {
    if (limit > 0 && list.items.length > limit) this.#keep(name, list);
    return pageOf(list, 0, limit);
  }

  /** The next part; undefined where that list is kept no longer. `current` is what is listed now. */
  resume(name: string, place: ListPlace, limit: number, current: () => ChosenList): ListPage | undefined {
    const isAny = place.version === ANY_VERSION;
    const list = isAny ? current() : this.#find(name, place.version);
    if (list === undefined) return undefined;
    const from = list.items.findIndex((object) => isBehind(object, place.after));
    const page = pageOf(list, from === -1 ? list.items.length : from, limit);
    if (isAny && page.next !== undefined) this.#keep(name, list);
    return page;
  }

  #find(name: string, version: number): Kept | undefined {
    const kept = this.#kept.get(keyOf(name, version));
    return kept !== undefined && this.#clock.monotonicMs() < kept.untilMs ? kept : undefined;
  }

  #keep(name: string, { items, version }: ChosenList): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, { untilMs }] of this.#kept) if (untilMs <= nowMs) this.#kept.delete(key);
    const key = keyOf(name, version);
    this.#kept.delete(key);
    this.#kept.set(key, { items, version, untilMs: nowMs + KEPT_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** A token that goes on from the same place in whatever there is then. */
export function anyVersionFrom({ after }: ListPlace): string {
  return tokenOf({ version: ANY_VERSION, after });
}

/** Undefined for what is no token. */
export function readToken(token: string): ListPlace | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (!isJsonObject(read) || read.v !== TOKEN_VERSION || typeof read.rv !== 'number') return undefined;
    return { version: read.rv, after: textAt(read, 'start') };
  } catch {
    return undefined;
  }
}

function tokenOf({ version, after }: ListPlace): string {
  return Buffer.from(JSON.stringify({ v: TOKEN_VERSION, rv: version, start: after })).toString('base64url');
}

function pageOf({ items, version }: ChosenList, from: number, limit: number): ListPage {
  const to = limit > 0 ? from + limit : items.length;
  const page = { items: items.slice(from, to), version };
  const last = page.items.at(-1);
  if (to >= items.length || last === undefined) return page;
  const token = tokenOf({ version, after: placeOf(last) });
  return { ...page, next: { token, remaining: items.length - to } };
}

function placeOf({ metadata }: JsonObject): string {
  return `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
}

/** In the order of namespaces and names, not of what joins them. */
function isBehind({ metadata }: JsonObject, after: string): boolean {
  const [namespace = '', name = ''] = after.split('/');
  const itsNamespace = textAt(metadata, 'namespace');
  return itsNamespace > namespace || (itsNamespace === namespace && textAt(metadata, 'name') > name);
}

function keyOf(name: string, version: number): string {
  return `${version} ${name}`;
}
