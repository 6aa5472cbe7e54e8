import type { JsonSchema } from '../../src/manifest/schema-words.ts';

/**
 * Why a value does not fit a schema: one line for each place, none where it fits. It knows the keywords that the schema of
 * manifests uses, and throws at a `$ref` that leads nowhere.
 */
export function schemaErrors(root: JsonSchema, value: unknown): string[] {
  return errorsOf({ root, schema: root, value, path: '' });
}

interface Check {
  readonly root: JsonSchema;
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: string;
}

function errorsOf(check: Check): string[] {
  const { root, schema, path } = check;
  if (schema.$ref !== undefined) return errorsOf({ ...check, schema: resolveRef(root, schema.$ref) });
  const below = (part: JsonSchema): string[] => errorsOf({ ...check, schema: part });
  const errors = [...ownErrors(check), ...(schema.allOf ?? []).flatMap(below)];
  if (schema.anyOf?.every((part) => below(part).length > 0) === true) errors.push(`${path}: no alternative`);
  if (schema.if !== undefined) {
    const branch = below(schema.if).length === 0 ? schema.then : schema.else;
    errors.push(...(branch === undefined ? [] : below(branch)));
  }
  return [...errors, ...childErrors(check)];
}

export function resolveRef(root: JsonSchema, ref: string): JsonSchema {
  const found = root.definitions?.[ref.replace(/^#\/definitions\//, '')];
  if (found === undefined) throw new Error(`${ref} leads nowhere`);
  return found;
}

function ownErrors({ schema, value, path }: Check): string[] {
  const errors: string[] = [];
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => hasType(value, type))) errors.push(`${path}: no ${types}`);
  const same = (allowed: unknown): boolean => JSON.stringify(allowed) === JSON.stringify(value);
  if ('const' in schema && !same(schema.const)) errors.push(`${path}: not ${schema.const}`);
  if (schema.enum?.some(same) === false)
    errors.push(`${path}: ${schema.errorMessage ?? 'not a word for it'}`);
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
    errors.push(`${path}: not of the form`);
  if (typeof value === 'number' && (value < (schema.minimum ?? value) || value > (schema.maximum ?? value)))
    errors.push(`${path}: out of range`);
  return errors;
}

function childErrors({ root, schema, value, path }: Check): string[] {
  const { items, properties = {}, required = [], additionalProperties = true } = schema;
  if (Array.isArray(value)) {
    if (items === undefined) return [];
    return value.flatMap((item, index) =>
      errorsOf({ root, schema: items, value: item, path: `${path}[${index}]` }),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  const given = Object.entries(value).flatMap(([name, child]) => {
    const childPath = path === '' ? name : `${path}.${name}`;
    const part = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (part === true || part === undefined) return [];
    return part === false
      ? [`${childPath}: unknown`]
      : errorsOf({ root, schema: part, value: child, path: childPath });
  });
  return [...missing.map((name) => `${path}: without ${name}`), ...given];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
