import { ApiFailure, fieldSelector, labelSelector } from '../../apimachinery/index.ts';
import { type JsonObject, objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';

export type Selection = (object: JsonObject) => boolean;

const METADATA: Resource['fields'] = {
  'metadata.name': ({ metadata }) => textAt(metadata, 'name'),
  'metadata.namespace': ({ metadata }) => textAt(metadata, 'namespace'),
};

/** Whether an object is among those that `labelSelector` and `fieldSelector` choose. Throws BadRequest where they cannot be read. */
export function selectionOf(resource: Resource, query: URLSearchParams): Selection {
  const [labels, fields] = [query.get('labelSelector') ?? '', query.get('fieldSelector') ?? ''];
  const parts = [
    ...(labels === '' ? [] : [byLabels(labels)]),
    ...(fields === '' ? [] : [byFields(resource, fields)]),
  ];
  return (object) => parts.every((part) => part(object));
}

function byLabels(text: string): Selection {
  const matches = labelSelector(text);
  return ({ metadata }) => matches(textsOf(objectAt(metadata, 'labels')));
}

function byFields(resource: Resource, text: string): Selection {
  const asked = fieldSelector(text).map(({ field, operator, value }) => {
    const read = Object.hasOwn(METADATA, field) ? METADATA[field] : ownField(resource, field);
    if (read === undefined) throw new ApiFailure('BadRequest', unknownField(resource, field));
    return { read, value, isWanted: operator === '=' };
  });
  return (object) => asked.every(({ read, value, isWanted }) => (read(object) === value) === isWanted);
}

function ownField({ fields }: Resource, field: string): ((object: JsonObject) => string) | undefined {
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** Kinds with fields of their own have other words than those without (apimachinery: DefaultMetaV1FieldSelectorConversion). */
function unknownField({ fields }: Resource, field: string): string {
  return Object.keys(fields).length > 0
    ? `field label not supported: ${field}`
    : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function textsOf(labels: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
