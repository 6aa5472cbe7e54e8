import { objectFields } from './object-fields.ts';
import { podspecFields } from './podspec-fields.generated.ts';

/** Every field a manifest may contain: type → field → type of the value. */
export const knownFields = { ...podspecFields, ...objectFields };

export type PodspecType = keyof typeof podspecFields;
export type TypeName = keyof typeof knownFields;

/** The types of a PodSpec and below, in the order of core/v1's published form. */
export const podspecTypes: readonly PodspecType[] = namesOf(podspecFields);
/** The types of what stands beside and around Pods. */
export const objectTypes: readonly (keyof typeof objectFields)[] = namesOf(objectFields);

export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(knownFields, name);
}

/** The names of the fields of a type, with the types of their values, e.g. `string`, `V1Volume[]`. */
export function fieldsOf(type: TypeName): readonly (readonly [field: string, valueType: string])[] {
  return Object.entries(knownFields[type]);
}

function namesOf<T extends object>(table: T): readonly (keyof T & string)[] {
  const names: (keyof T & string)[] = [];
  for (const name in table) names.push(name);
  return names;
}
