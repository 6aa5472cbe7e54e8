import { invariant, type JsonObject } from '../../base/index.ts';
import type { FieldType, ObjectType, TypeTable } from '../types/type-table.ts';
import type { OpenApiSubject } from './open-api-subject.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const REF = '#/components/schemas/';

/** Scalars that have a name of their own, with what they are. */
const NAMED: Readonly<Record<string, readonly [name: string, schema: JsonObject]>> = {
  quantity: [
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    { oneOf: [{ type: 'string' }, { type: 'number' }] },
  ],
  intOrString: [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  ],
  time: [`${META}.Time`, { type: 'string', format: 'date-time' }],
  microTime: [`${META}.MicroTime`, { type: 'string', format: 'date-time' }],
  fieldsV1: [`${META}.FieldsV1`, { type: 'object' }],
};

const PLAIN: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
};

/** The types of the objects of a group, and all that they consist of, by the names Kubernetes publishes them under. */
export function openApiSchemas(subject: OpenApiSubject, types: TypeTable): JsonObject {
  const { group, version, resources } = subject;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const kinds = resources.flatMap(({ kind }) => [kind, `${kind}List`]);
  const schemas = new Map<string, JsonObject>();
  for (const kind of new Set([...kinds, 'DeleteOptions', 'Status'])) {
    const type = types.typeOf(apiVersion, kind);
    if (type === undefined) continue;
    addSchema(type, types, schemas);
    const name = schemaName(type.name);
    schemas.set(name, {
      ...schemas.get(name),
      'x-kubernetes-group-version-kind': [{ group, kind, version }],
    });
  }
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addSchema(type: ObjectType, types: TypeTable, schemas: Map<string, JsonObject>): void {
  const name = schemaName(type.name);
  if (schemas.has(name)) return;
  const fields = [...type.fields.values()];
  const required = fields.filter((field) => field.required).map((field) => field.name);
  schemas.set(name, {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  });
  for (const field of fields) addTypeOf(field, types, schemas);
}

function addTypeOf({ type }: FieldType, types: TypeTable, schemas: Map<string, JsonObject>): void {
  const named = NAMED[type];
  if (named !== undefined) schemas.set(...named);
  else if (PLAIN[type] === undefined) {
    const inner = types.type(type);
    invariant(inner !== undefined, `no type ${type} in the table`);
    addSchema(inner, types, schemas);
  }
}

function propertyOf(field: FieldType): JsonObject {
  const { shape, patchMerge, patchMergeKey, patchRetainKeys, listType, listMapKeys, atomic } = field;
  const one = PLAIN[field.type] ?? refTo(NAMED[field.type]?.[0] ?? schemaName(field.type));
  const whole =
    shape === 'list'
      ? { type: 'array', items: one, 'x-kubernetes-list-type': listType ?? 'atomic' }
      : shape === 'map'
        ? { type: 'object', additionalProperties: one }
        : one;
  const strategies = [...(patchMerge ? ['merge'] : []), ...(patchRetainKeys ? ['retainKeys'] : [])];
  return {
    ...withoutBareRef(whole, field),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(listType === 'map' ? { 'x-kubernetes-list-map-keys': listMapKeys } : {}),
    ...(atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(strategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': strategies.join(',') }),
    ...(patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': patchMergeKey }),
  };
}

/** Beside a `$ref` nothing else counts. */
function withoutBareRef(schema: JsonObject, { atomic }: FieldType): JsonObject {
  return schema.$ref !== undefined && atomic ? { allOf: [schema] } : schema;
}

function refTo(name: string): JsonObject {
  return { $ref: `${REF}${name}` };
}

/** `core/v1.Pod` → `io.k8s.api.core.v1.Pod`. */
function schemaName(type: string): string {
  if (type.startsWith('meta/v1.')) return `${META}.${type.slice('meta/v1.'.length)}`;
  const home = type.startsWith('metrics/') ? 'io.k8s.metrics.pkg.apis' : 'io.k8s.api';
  return `${home}.${type.replace('/', '.')}`;
}
