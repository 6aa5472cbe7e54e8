import { needs } from '../pod/index.ts';
import { type KnownField, type Shape, shapeOf, shapes } from './field-fates.ts';
import { kindNames, versionOf } from './kinds.ts';
import { isTypeName, type TypeName } from './known-fields.ts';
import { fieldWords, type JsonSchema, requiredFields } from './schema-words.ts';

/** Any of these makes a document a Kubernetes object; without them it is a Pod in the flat form. */
const WRAPPING = ['apiVersion', 'kind', 'metadata', 'spec'];

/**
 * What is accepted in one document of a manifest, as far as a schema can say it. Refused fields are there with their reason,
 * and may only be empty. The kind is chosen by if and then and not by anyOf, which makes editors tell what is wrong in the kind that
 * was meant.
 */
export function manifestSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'tinylet manifest',
    description:
      'A Pod, a ConfigMap, a Secret, a PersistentVolumeClaim, a RuntimeClass, a Namespace, or a List of them.',
    type: 'object',
    ...when(
      { type: 'object', anyOf: WRAPPING.map((field) => ({ required: [field] })) },
      oneOfKinds([...kindNames, 'List', ...kindNames.map((kind) => `${kind}List`)]),
      ref('FlatPod'),
    ),
    definitions: definitions(),
  };
}

/** Each kind by its word, each checked by its own definition. */
function oneOfKinds(kinds: readonly string[]): JsonSchema {
  return {
    required: ['apiVersion', 'kind'],
    properties: { kind: { enum: kinds } },
    allOf: kinds.map((kind) =>
      when({ type: 'object', required: ['kind'], properties: { kind: { const: kind } } }, ref(kind)),
    ),
  };
}

function when(condition: JsonSchema, result: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  const rest = otherwise === undefined ? {} : { else: otherwise };
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema, and nobody awaits a schema
  return { if: condition, then: result, ...rest };
}

function definitions(): Readonly<Record<string, JsonSchema>> {
  const made: Record<string, JsonSchema> = {
    FlatPod: definition(shapes.flatPod, ['name', 'containers'], wordsOf('V1PodSpec')),
    List: list('List', oneOfKinds(kindNames)),
  };
  for (const kind of kindNames) {
    made[kind] = object(kind);
    made[`${kind}List`] = list(`${kind}List`, ref(kind));
  }
  const wanted = new Set(Object.values(made).flatMap(typesIn));
  for (const type of wanted) {
    const found = definition(shapeOf(type), requiredOf(type), wordsOf(type));
    made[type] = { ...found, type: ['object', 'null'] };
    for (const below of typesIn(found)) wanted.add(below);
  }
  return made;
}

function object(kind: string): JsonSchema {
  const type = `V1${kind}`;
  if (!isTypeName(type)) throw new Error(`${type} is not known`);
  const metadata: JsonSchema = { allOf: [ref('V1ObjectMeta'), { type: 'object', required: ['name'] }] };
  return definition(shapeOf(type), requiredOf(type), { ...marksOf(kind), metadata });
}

function list(kind: string, items: JsonSchema): JsonSchema {
  return definition(shapes.list, [], { ...marksOf(kind), items: { type: 'array', items } });
}

function marksOf(kind: string): Words {
  return { apiVersion: { const: versionOf(kind) }, kind: { const: kind } };
}

type Words = Readonly<Record<string, JsonSchema>>;

function definition(shape: Shape, required: readonly string[], words: Words): JsonSchema {
  const properties = Object.fromEntries(
    [...shape].map(([field, known]) => {
      const value = words[field] ?? valueSchema(known.type);
      return [field, property(known, required.includes(field) ? value : orNull(value))];
    }),
  );
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function property({ fate, type }: KnownField, value: JsonSchema): JsonSchema {
  const needed = fate.needs === undefined ? '' : `Needs ${needs[fate.needs]}. `;
  switch (fate.fate) {
    case 'refused':
      return {
        description: `Refused: ${fate.reason}.`,
        errorMessage: `Forbidden: ${fate.reason}`,
        enum: [null, emptyOf(type)],
      };
    case 'not-applicable':
      return describe(`No effect here: ${fate.reason}.`, fate.opaque === true ? {} : value);
    case 'honoured':
      return describe(`${needed}${sentence(fate.reason)}`.trim(), value);
  }
}

/** What stands beside a $ref is not looked at in draft-07. */
function describe(description: string, value: JsonSchema): JsonSchema {
  if (description === '') return value;
  return { description, ...(value.$ref === undefined ? value : { allOf: [value] }) };
}

function sentence(reason: string): string {
  return reason === '' ? '' : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}

/** The value of a type that asks for nothing. */
function emptyOf(type: string): unknown {
  if (type.endsWith('[]')) return [];
  return type === 'string' ? '' : {};
}

function valueSchema(type: string): JsonSchema {
  if (type.endsWith('[]')) return { type: 'array', items: orNull(valueSchema(type.slice(0, -2))) };
  if (isTypeName(type)) return ref(type);
  switch (type) {
    case 'any':
      return {};
    case 'map':
      return { type: 'object', additionalProperties: { type: ['string', 'null'] } };
    case 'number':
      return { type: 'integer' };
    case 'boolean':
      return { type: 'boolean' };
    case 'IntOrString':
      return { type: ['integer', 'string'] };
    default:
      return { type: 'string' };
  }
}

/** Null counts as absent. What is behind a $ref says so itself. */
function orNull(value: JsonSchema): JsonSchema {
  if (value.enum !== undefined) return { ...value, enum: [...value.enum, null] };
  if (value.type === undefined) return value;
  return { ...value, type: [value.type, 'null'].flat() };
}

function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

/** The types of core/v1 that a schema refers to. */
function typesIn(schema: JsonSchema): readonly TypeName[] {
  const below = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.allOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(schema.then === undefined ? [] : [schema.then]),
  ];
  const own = schema.$ref?.slice('#/definitions/'.length) ?? '';
  return [...(isTypeName(own) ? [own] : []), ...below.flatMap(typesIn)];
}

function wordsOf(type: TypeName): Words {
  return new Map<string, Words>(Object.entries(fieldWords)).get(type) ?? {};
}

function requiredOf(type: TypeName): readonly string[] {
  return new Map<string, readonly string[]>(Object.entries(requiredFields)).get(type) ?? [];
}
