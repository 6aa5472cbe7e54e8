import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  textAt,
} from '../../base/index.ts';
import { type FieldSet, isEmptySet, union } from './field-set.ts';
import { readFieldsV1, writeFieldsV1 } from './field-set-json.ts';

/** One entry of metadata.managedFields: who owns what, and how it came to be. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By ownerKey. */
export type Owners = ReadonlyMap<string, Owner>;

export const NO_OWNERS: Owners = new Map();

/** Who applies is one owner whatever the version (apimachinery: managedfields BuildManagerIdentifier). */
export function ownerKey({
  manager,
  operation,
  apiVersion,
  subresource,
}: Omit<Owner, 'fields' | 'time'>): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** The owners that an object names; undefined where the entries cannot be read. */
export function readOwners(object: JsonObject | undefined): Owners | undefined {
  const entries = objectAt(object, 'metadata').managedFields ?? [];
  if (!isJsonList(entries)) return undefined;
  const owners = entries.flatMap((entry) => readOwner(entry) ?? []);
  if (owners.length < entries.length) return undefined;
  return new Map(owners.map((owner) => [ownerKey(owner), owner]));
}

function readOwner(entry: JsonValue): Owner | undefined {
  const operation = textAt(entry, 'operation');
  const apiVersion = textAt(entry, 'apiVersion');
  if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '') return undefined;
  if (!isJsonObject(entry) || textAt(entry, 'fieldsType') !== 'FieldsV1') return undefined;
  const fields = readFieldsV1(entry.fieldsV1 ?? {});
  if (fields === undefined) return undefined;
  const [manager, subresource] = [textAt(entry, 'manager'), textAt(entry, 'subresource')];
  const time = textAt(entry, 'time') || undefined;
  return { manager, operation, apiVersion, subresource, time, fields };
}

/** A client that sends `[]` or `[{}]` wants field ownership forgotten (apimachinery: isResetManagedFields). */
export function resetsOwners(object: JsonObject): boolean {
  const entries = objectAt(object, 'metadata').managedFields;
  if (!isJsonList(entries)) return false;
  const [only] = entries;
  return (
    entries.length === 0 || (entries.length === 1 && isJsonObject(only) && Object.keys(only).length === 0)
  );
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  if (!isJsonObject(object.metadata)) return object;
  const { managedFields: _owners, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** The object with these entries in metadata.managedFields, in Kubernetes' order. */
export function withOwners(object: JsonObject, owners: Owners): JsonObject {
  const bare = withoutManagedFields(object);
  if (owners.size === 0) return bare;
  const managedFields = [...owners.values()].toSorted(compareOwners).map(writeOwner);
  return { ...bare, metadata: { ...objectAt(bare, 'metadata'), managedFields } };
}

function writeOwner({ manager, operation, apiVersion, time, fields, subresource }: Owner): JsonObject {
  return {
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: writeFieldsV1(fields),
    ...(subresource === '' ? {} : { subresource }),
  };
}

function compareOwners(a: Owner, b: Owner): number {
  return (
    compareTexts(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function secondsOf({ time }: Owner): number {
  const ms = time === undefined ? 0 : Date.parse(time);
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000);
}

/** RFC 3339 in whole seconds, as metav1.Time has it. */
export function ownerTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

/** The owners with their fields changed; who is left without any is none. */
export function mapFields(owners: Owners, change: (fields: FieldSet, key: string) => FieldSet): Owners {
  const changed = [...owners].map(
    ([key, owner]) => [key, { ...owner, fields: change(owner.fields, key) }] as const,
  );
  return new Map(changed.filter(([, { fields }]) => !isEmptySet(fields)));
}

const MAX_UPDATERS = 10;

/** The oldest updaters beyond ten become one, `ancient-changes` (apimachinery: managedfields capManagers). */
export function capUpdaters(owners: Owners): Owners {
  const updaters = [...owners.entries()].filter(([, { operation }]) => operation === 'Update');
  const excess = updaters.length - MAX_UPDATERS;
  if (excess <= 0) return owners;
  const oldest = updaters.toSorted(([, a], [, b]) => compareOwners(a, b)).slice(0, excess + 1);
  const capped = new Map(owners);
  for (const [key, owner] of oldest) {
    capped.delete(key);
    const ancient: Owner = { ...owner, manager: 'ancient-changes', subresource: '' };
    const known = capped.get(ownerKey(ancient))?.fields;
    const fields = known === undefined ? owner.fields : union(known, owner.fields);
    capped.set(ownerKey(ancient), { ...ancient, fields });
  }
  return capped;
}
