import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  textAt,
} from '../../base/index.ts';
import { refuseDeepJson } from '../json-depth.ts';
import { compareFields, fieldsOf } from './apply-compare.ts';
import type { OwnedForm } from './apply-form.ts';
import { difference, type FieldSet, NO_FIELDS } from './field-set.ts';

/** Where `kubectl apply` without --server-side notes what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Who may take over what its own client-side apply said (apimachinery: managedfields lastAppliedManager). */
export const KUBECTL = 'kubectl';

/** The fields that were applied by the client and are still as they were applied. */
export function lastAppliedFields(live: JsonObject, form: OwnedForm): FieldSet {
  const applied = parse(textAt(objectAt(live.metadata, 'annotations'), LAST_APPLIED));
  if (!isJsonObject(applied) || applied.apiVersion !== live.apiVersion) return NO_FIELDS;
  const { added, modified, removed } = compareFields(applied, live, form);
  return [modified, added, removed].reduce(difference, fieldsOf(applied, form));
}

/** Keeps the note up to date where there is one, so that the client may go back to its own apply. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  const annotations = objectAt(metadata, 'annotations');
  if (textAt(annotations, LAST_APPLIED) === '') return object;
  const note = `${JSON.stringify(sorted(withoutNote(applied)))}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: note } } };
}

function withoutNote(applied: JsonObject): JsonObject {
  const metadata = objectAt(applied, 'metadata');
  if (!isJsonObject(metadata.annotations)) return applied;
  const { [LAST_APPLIED]: _note, ...annotations } = metadata.annotations;
  return { ...applied, metadata: { ...metadata, annotations } };
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (isJsonList(value)) return value.map((item) => sorted(item) ?? null);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

function parse(json: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(json);
    refuseDeepJson(value);
    return value;
  } catch {
    return undefined;
  }
}
