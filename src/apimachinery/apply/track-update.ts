import type { JsonObject, JsonValue } from '../../base/index.ts';
import { refuseDeepJson } from '../json-depth.ts';
import type { ObjectType, TypeTable } from '../types/type-table.ts';
import { compareFields } from './apply-compare.ts';
import { ownedFormOf } from './apply-form.ts';
import { difference, type FieldSet, isEmptySet, union } from './field-set.ts';
import {
  capUpdaters,
  mapFields,
  NO_OWNERS,
  type Owner,
  type Owners,
  ownerKey,
  ownerTime,
  readOwners,
  resetsOwners,
  withOwners,
  withoutManagedFields,
} from './managed-fields.ts';
import { changeable, ownable } from './managed-fields-scope.ts';

export interface TrackedUpdate {
  /** Undefined when the object is created. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
  readonly manager: string;
  readonly nowMs: number;
  readonly type: ObjectType;
  readonly types: TypeTable;
  readonly subresource?: string;
}

/**
 * The object as it is after a create, update or patch, with metadata.managedFields: what changed belongs to who changed it, and to nobody
 * else. Objects without owners stay without until they are applied. (apimachinery: pkg/util/managedfields)
 */
export function trackUpdate(update: TrackedUpdate): JsonObject {
  const { before, after } = update;
  refuseDeepJson(after);
  const owners = ownersOf(update);
  if (before !== undefined && owners.size === 0) return withOwners(after, NO_OWNERS);
  return withOwners(after, ownersAfter(owners, update));
}

/** The owners after an update, whoever was an owner before. */
export function ownersAfter(owners: Owners, update: TrackedUpdate): Owners {
  const { before, after, type, types, subresource = '' } = update;
  const empty = emptyObject(type, types);
  const [from, to] = [before ?? {}, after].map((object) => ({ ...empty, ...withoutManagedFields(object) }));
  const changes = compareFields(from, to, ownedFormOf(type, types));
  const changed = changeable(union(changes.modified, changes.added), subresource);
  const removed = changeable(changes.removed, subresource);
  const others = mapFields(owners, (fields) => difference(difference(fields, changed), removed));
  return capUpdaters(withUpdater(others, update, ownable(changed)));
}

function withUpdater(owners: Owners, update: TrackedUpdate, fields: FieldSet): Owners {
  if (isEmptySet(fields)) return owners;
  const updater: Owner = {
    manager: update.manager === '' ? 'unknown' : update.manager,
    operation: 'Update',
    apiVersion: typeof update.after.apiVersion === 'string' ? update.after.apiVersion : '',
    subresource: update.subresource ?? '',
    time: ownerTime(update.nowMs),
    fields,
  };
  const previous = owners.get(ownerKey(updater))?.fields;
  const all = previous === undefined ? fields : union(fields, previous);
  return new Map(owners).set(ownerKey(updater), { ...updater, fields: all });
}

/** Clients may write them themselves; those who know nothing of them take nothing away. */
function ownersOf({ before, after, subresource = '' }: TrackedUpdate): Owners {
  const known = readOwners(before) ?? NO_OWNERS;
  if (subresource !== '') return known;
  if (resetsOwners(after)) return NO_OWNERS;
  const sent = readOwners(after);
  return sent === undefined || sent.size === 0 ? known : sent;
}

/** What is there before anything is: structs that are no pointers, and null for lists that have to be. Their own making belongs to nobody. */
function emptyObject(type: ObjectType, types: TypeTable): JsonObject {
  const members: [string, JsonValue][] = [];
  for (const { name, pointer, shape, required, type: typeName } of type.fields.values()) {
    const struct = pointer || shape !== 'one' ? undefined : types.type(typeName);
    if (struct !== undefined) members.push([name, emptyObject(struct, types)]);
    else if (required && shape !== 'one') members.push([name, null]);
  }
  return Object.fromEntries(members);
}
