import {
  isEqualJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  textAt,
} from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';
import { refuseDeepJson } from '../json-depth.ts';
import type { ObjectType, TypeTable } from '../types/type-table.ts';
import { compareFields, fieldsOf } from './apply-compare.ts';
import { conflictFailure, conflictsOf, conflictsWithout, isConflict } from './apply-conflicts.ts';
import { describeType, refuseUntold } from './apply-errors.ts';
import { type FieldsForm, ownedFormOf } from './apply-form.ts';
import { KUBECTL, lastAppliedFields, withLastApplied } from './apply-last-applied.ts';
import { mergeApplied } from './apply-merge.ts';
import { prune } from './apply-prune.ts';
import { difference, NO_FIELDS, union } from './field-set.ts';
import {
  mapFields,
  NO_OWNERS,
  type Owner,
  type Owners,
  ownerKey,
  ownerTime,
  readOwners,
  withOwners,
  withoutManagedFields,
} from './managed-fields.ts';
import { changeable, ownable } from './managed-fields-scope.ts';
import { ownersAfter } from './track-update.ts';

export interface ServerSideApply {
  /** Undefined if the object is not there yet. */
  readonly live: JsonObject | undefined;
  readonly applied: JsonObject;
  readonly manager: string;
  /** Takes over what others own, instead of failing. */
  readonly force: boolean;
  readonly nowMs: number;
  readonly type: ObjectType;
  readonly types: TypeTable;
}

/**
 * The object as it is after a server-side apply, with metadata.managedFields: what is applied is set and owned, what the same manager no
 * longer says and nobody else owns goes. What the API server itself says of it (uid, creationTimestamp, …) is as in `live`; status is
 * not applied. Throws ApiFailure: Conflict, with a cause for each field that another owns and that would change; BadRequest.
 * (apimachinery: pkg/util/managedfields; structured-merge-diff: merge/update.go)
 */
export function serverSideApply(request: ServerSideApply): JsonObject {
  refuseDeepJson(request.applied);
  refuseWrongPatch(request);
  const form = ownedFormOf(request.type, request.types);
  const said = saidIn(request.applied);
  refuseUntold(said, form);
  const live = withoutManagedFields(request.live ?? {});
  const { object, owners, conflicts } = carryOut(request, live, said, form);
  if (!request.force) refuseConflicts(request, conflicts, live, form);
  const result = withOwners(object, owners);
  return request.manager === KUBECTL ? withLastApplied(result, request.applied) : result;
}

interface Outcome {
  readonly object: JsonObject;
  readonly owners: Owners;
  readonly conflicts: Owners;
}

function carryOut(request: ServerSideApply, live: JsonObject, said: JsonObject, form: FieldsForm): Outcome {
  const applier = applierOf(request);
  const known = ownersBefore(request);
  const others = new Map(known);
  others.delete(ownerKey(applier));
  const last = known.get(ownerKey(applier));
  const fields = changeable(fieldsOf(said, form), '');
  const owned = [...others.values()].map((owner) => owner.fields).reduce(union, fields);
  const merged = mergeApplied(live, said, form);
  const pruned = prune(isJsonObject(merged) ? merged : {}, { last: last?.fields ?? NO_FIELDS, owned, form });
  const changes = compareFields(live, pruned, form);
  const object = withoutNulls(pruned);
  const changed = changeable(union(changes.modified, changes.added), '');
  const lost = union(changed, changeable(changes.removed, ''));
  const time = isEqualJson(live, object) ? (last?.time ?? applier.time) : applier.time;
  const rest = new Map(mapFields(others, (theirs) => difference(theirs, lost)));
  const owners = rest.set(ownerKey(applier), { ...applier, time, fields: ownable(fields) });
  return { object, owners: mapFields(owners, (theirs) => theirs), conflicts: conflictsOf(others, changed) };
}

function applierOf({ manager, applied, nowMs }: ServerSideApply): Owner {
  return {
    manager: manager === '' ? 'unknown' : manager,
    operation: 'Apply',
    apiVersion: textAt(applied, 'apiVersion'),
    subresource: '',
    time: ownerTime(nowMs),
    fields: NO_FIELDS,
  };
}

/** All that is in an object nobody has an entry in belongs to `before-first-apply` (apimachinery: managedfields skipNonApplied). */
function ownersBefore({ live, nowMs, type, types }: ServerSideApply): Owners {
  const owners = readOwners(live) ?? NO_OWNERS;
  if (owners.size > 0 || live === undefined) return owners;
  return ownersAfter(owners, {
    ...{ before: undefined, after: live, manager: 'before-first-apply' },
    ...{ nowMs, type, types },
  });
}

/** kubectl takes over what it applied as a client. */
function refuseConflicts(
  { manager }: ServerSideApply,
  conflicts: Owners,
  live: JsonObject,
  form: FieldsForm,
): void {
  const left =
    manager === KUBECTL && isConflict(conflicts)
      ? conflictsWithout(conflicts, lastAppliedFields(live, form))
      : conflicts;
  if (isConflict(left)) throw conflictFailure(left);
}

function refuseWrongPatch({ applied, type, types }: ServerSideApply): void {
  const { apiVersion, kind, metadata } = applied;
  if (types.typeOf(textAt(applied, 'apiVersion'), textAt(applied, 'kind'))?.name !== type.name)
    throw new ApiFailure('BadRequest', `invalid object type: ${describeType(apiVersion, kind)}`);
  if ((objectAt({ metadata }, 'metadata').managedFields ?? null) !== null)
    throw new ApiFailure('BadRequest', 'metadata.managedFields must be nil');
}

/** What is not the applier's to say, and null, which says nothing, are left out. */
function saidIn(applied: JsonObject): JsonObject {
  const { status: _status, ...said } = applied;
  return withoutNulls(said);
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, withoutNullsIn(value)] as const],
    ),
  );
}

function withoutNullsIn(value: JsonValue): JsonValue {
  if (isJsonList(value)) return value.map(withoutNullsIn);
  return isJsonObject(value) ? withoutNulls(value) : value;
}
