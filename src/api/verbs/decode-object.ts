import {
  loadTypes,
  type ObjectType,
  readBody,
  strictErrors,
  type TypeTable,
  typeMismatch,
  withoutUnknownFields,
} from '../../apimachinery/index.ts';
import { invariant, isJsonObject, type JsonObject, textAt } from '../../base/index.ts';
import type { ApiRequest, ReadObject } from '../message.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import { badRequest, type FieldValidation, strictDecodingError } from './write-options.ts';

/** A resource's type, and the table it is in. */
export interface KnownType {
  readonly type: ObjectType;
  readonly types: TypeTable;
}

export async function typeOfResource(resource: Resource): Promise<KnownType> {
  const types = await loadTypes();
  const type = types.typeOf(apiVersionOf(resource), resource.kind);
  invariant(type !== undefined, `no type of ${resource.name}`);
  return { type, types };
}

/**
 * The object of a request's body: of the resource's kind, without unknown fields and nulls. Throws BadRequest in the words of the API
 * server's decoder (apiserver: transformDecodeError).
 */
export async function decodeBody(
  resource: Resource,
  { body, headers }: ApiRequest,
  validation: FieldValidation,
): Promise<ReadObject> {
  const known = await typeOfResource(resource);
  const { object: written, duplicates } = readBody(body, headers['content-type'], known.types);
  const object = ofKind(written, resource);
  const cannot = (why: string) =>
    badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${why}`,
    );
  const mismatch = typeMismatch(object, known.type, known.types);
  if (mismatch !== undefined) throw cannot(mismatch);
  const { errors, warnings } = judgeFields(object, { known, duplicates, validation });
  if (errors.length > 0) throw cannot(strictDecodingError(errors));
  return { object: withoutUnknownFields(object, known.type, known.types), warnings };
}

export interface FieldJudgement {
  readonly known: KnownType;
  /** What decoding found beside unknown fields. */
  readonly duplicates: readonly string[];
  readonly validation: FieldValidation;
}

/** What is to be said of an object's fields, and whether it is refused for that. */
export function judgeFields(
  object: JsonObject,
  { known, duplicates, validation }: FieldJudgement,
): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  if (validation === 'Ignore') return { errors: [], warnings: [] };
  const found = [...duplicates, ...strictErrors(object, known.type, known.types)];
  return validation === 'Strict' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** Why an object that says its kind or its version is none of the resource's; those that are left out are no reason. */
export function kindMismatch(object: JsonObject, resource: Resource): string | undefined {
  const apiVersion = apiVersionOf(resource);
  const [itsVersion, itsKind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')];
  if (itsKind !== '' && itsKind !== resource.kind)
    return `${itsKind} in version "${itsVersion}" cannot be handled as a ${resource.kind}`;
  if (itsVersion !== '' && itsVersion !== apiVersion)
    return `the API version in the data (${itsVersion}) does not match the expected API version (${apiVersion})`;
  return undefined;
}

/** With the kind and the version it has to have; those that are left out are filled in. */
export function ofKind(object: JsonObject, resource: Resource): JsonObject {
  const mismatch = kindMismatch(object, resource);
  if (mismatch !== undefined) throw badRequest(mismatch);
  const apiVersion = apiVersionOf(resource);
  const metadata = isJsonObject(object.metadata) || object.metadata !== undefined ? object.metadata : {};
  return { ...object, kind: resource.kind, apiVersion, metadata: metadata ?? {} };
}
