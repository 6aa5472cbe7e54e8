import type { JsonValue } from '../../base/index.ts';
import { requireKey } from './strategic-merge-patch-errors.ts';

type Items = readonly JsonValue[];

export interface ItemOrder {
  /** The items that the patch names, in the order they are to have. */
  readonly named: Items;
  /** The list as it was: the order of the others, and where they stand between those that are named. */
  readonly live: Items;
  readonly mergeKey: string | undefined;
}

/** What an item of a merged list is told by: its merge key's value, or the scalar itself. */
export function keyOf(item: JsonValue, mergeKey: string | undefined): JsonValue | undefined {
  return mergeKey === undefined ? item : requireKey(item, mergeKey);
}

/** Puts the items of a merged list into their order: both kinds keep their own, and the live list tells how they mix. */
export function orderItems(items: Items, { named, live, mergeKey }: ItemOrder): Items {
  const [rankInPatch, rankInLive] = [ranksOf(named, mergeKey), ranksOf(live, mergeKey)];
  const isNamed = (item: JsonValue): boolean => rankInPatch.has(keyOf(item, mergeKey));
  const rankLive = (item: JsonValue): number | undefined => rankInLive.get(keyOf(item, mergeKey));
  return mix({
    named: sorted(items.filter(isNamed), (item) => rankInPatch.get(keyOf(item, mergeKey))),
    others: sorted(
      items.filter((item) => !isNamed(item)),
      rankLive,
    ),
    rank: rankLive,
  });
}

type Rank = (item: JsonValue) => number | undefined;

function ranksOf(items: Items, mergeKey: string | undefined): ReadonlyMap<JsonValue | undefined, number> {
  return new Map(items.map((item, index) => [keyOf(item, mergeKey), index] as const).toReversed());
}

/** What has no rank comes first, the last one of it before the others. */
function sorted(items: Items, rank: Rank): Items {
  const ranked = items.filter((item) => rank(item) !== undefined);
  const rest = items.filter((item) => rank(item) === undefined);
  return [...rest.toReversed(), ...ranked.toSorted((a, b) => (rank(a) ?? 0) - (rank(b) ?? 0))];
}

/** Puts each of the others before the first of the named that stood behind it. */
function mix({ named, others, rank }: { named: Items; others: Items; rank: Rank }): Items {
  const mixed: JsonValue[] = [];
  let next = 0;
  for (const item of named) {
    while (next < others.length && standsBefore(rank(others[next] ?? null), rank(item)))
      mixed.push(...others.slice(next, ++next));
    mixed.push(item);
  }
  return [...mixed, ...others.slice(next)];
}

function standsBefore(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && a < b;
}
