import { ApiFailure, type StatusCause } from '../../apimachinery/index.ts';
import { type JsonObject, objectAt } from '../../base/index.ts';
import { qualifiedName, type Resource } from '../resource.ts';

/** Failures in the words of apimachinery's pkg/api/errors, which clients print and sometimes look for. */

export function notFound(resource: Named, name: string): ApiFailure {
  return new ApiFailure(
    'NotFound',
    `${qualifiedName(resource)} "${name}" not found`,
    detailsOf(resource, name),
  );
}

/** Of one that is on its way out it is said that waiting helps (apiserver: Store.Create). */
export function alreadyExists(resource: Named, name: string, { metadata }: JsonObject): ApiFailure {
  const isEnding = objectAt({ metadata }, 'metadata').deletionTimestamp !== undefined;
  const message = `${isEnding ? 'object is being deleted: ' : ''}${qualifiedName(resource)} "${name}" already exists`;
  return new ApiFailure('AlreadyExists', message, detailsOf(resource, name));
}

export function conflict(resource: Named, name: string, why: string): ApiFailure {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return new ApiFailure('Conflict', message, detailsOf(resource, name));
}

export function forbidden(resource: Named, name: string, why: string): ApiFailure {
  const message = `${qualifiedName(resource)} "${name}" is forbidden: ${why}`;
  return new ApiFailure('Forbidden', message, detailsOf(resource, name));
}

/** What a client wrote is no such object: of every error its field, its reason and its message. */
export function invalid(
  { kind, group }: Pick<Resource, 'kind' | 'group'>,
  name: string,
  causes: readonly Required<StatusCause>[],
): ApiFailure {
  const errors = causes.map(({ field, message }) => `${field}: ${message}`);
  const told = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
  const kindName = group === '' ? kind : `${kind}.${group}`;
  return new ApiFailure('Invalid', `${kindName} "${name}" is invalid: ${told}`, {
    name,
    group,
    kind,
    causes,
  });
}

export function forbiddenField(field: string, why: string): Required<StatusCause> {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${why}` };
}

export function requiredField(field: string, why: string): Required<StatusCause> {
  return { reason: 'FieldValueRequired', field, message: `Required value: ${why}` };
}

export function invalidField(field: string, value: string, why: string): Required<StatusCause> {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

export function unsupportedValue(
  field: string,
  value: string,
  supported: readonly string[],
): Required<StatusCause> {
  const words = supported.map((each) => `"${each}"`).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${words}`;
  return { reason: 'FieldValueNotSupported', field, message };
}

type Named = Pick<Resource, 'group' | 'name'>;

function detailsOf({ group, name: kind }: Named, name: string): ApiFailure['details'] {
  return { name, ...(group !== '' && { group }), kind };
}
