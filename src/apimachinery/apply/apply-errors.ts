import { isJsonList, isJsonObject, type JsonObject, type JsonValue, textAt } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';
import { formUnder, type ItemsForm, itemElement, keyValue, type OwnedForm } from './apply-form.ts';
import { describeElement, fieldElement } from './field-set-element.ts';

/** Throws ApiFailure BadRequest for lists whose items cannot be told from each other (structured-merge-diff: typed/validate.go). */
export function refuseUntold(applied: JsonObject, form: OwnedForm): void {
  const errors = errorsOf(applied, form);
  if (errors.length === 0) return;
  const { apiVersion, kind, metadata } = applied;
  const name = `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
  const type = describeType(apiVersion, kind);
  const list =
    errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  throw new ApiFailure('BadRequest', `failed to create typed patch object (${name}; ${type}): ${list}`);
}

/** As Go prints a GroupVersionKind: `/v1, Kind=Pod`. */
export function describeType(apiVersion: JsonValue | undefined, kind: JsonValue | undefined): string {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return `${version.includes('/') ? '' : '/'}${version}, Kind=${typeof kind === 'string' ? kind : ''}`;
}

function errorsOf(value: JsonValue | undefined, form: OwnedForm): readonly string[] {
  if (form.kind === 'fields' && isJsonObject(value))
    return Object.entries(value).flatMap(([name, member]) => errorsUnder(fieldElement(name), member, form));
  return form.kind === 'items' && isJsonList(value) ? itemErrors(value, form) : [];
}

function itemErrors(items: readonly JsonValue[], form: ItemsForm): readonly string[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const why = keyError(item, form);
    if (why !== undefined) return [`: element ${index}: ${why}`];
    const element = itemElement(item, form);
    const isKnown = seen.has(element);
    seen.add(element);
    const twice = isKnown ? [`: duplicate entries for key ${describeElement(element)}`] : [];
    return [...twice, ...errorsUnder(element, item, form)];
  });
}

function errorsUnder(element: string, value: JsonValue | undefined, form: OwnedForm): readonly string[] {
  return errorsOf(value, formUnder(form, element)).map((error) => `${describeElement(element)}${error}`);
}

function keyError(item: JsonValue, { keys }: ItemsForm): string | undefined {
  if (keys.length === 0) return setItemError(item);
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isJsonObject(item)) return 'associative list with keys may not have non-map elements';
  const missing = keys.find(({ name, fallback }) => (keyValue(item, name) ?? fallback) === undefined);
  if (missing === undefined) return undefined;
  return `associative list with keys has an element that omits key field "${missing.name}" (and doesn't have default value)`;
}

function setItemError(item: JsonValue): string | undefined {
  if (item === null) return "associative list without keys has an element that's an explicit null";
  if (isJsonObject(item)) return "associative list without keys has an element that's a map type";
  return isJsonList(item) ? 'not supported: associative list with lists as elements' : undefined;
}
