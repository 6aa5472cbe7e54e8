import { ApiFailure, type StatusCause, type StatusDetails } from '../apimachinery/index.ts';
import { howToChange, type ManifestMessage } from '../manifest/index.ts';
import type { ManifestKind } from './resource-kinds.ts';

/** Messages of the manifest parser that are no words of Kubernetes', and what they are there. */
const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^Required value/, 'FieldValueRequired'],
  [/^Duplicate value/, 'FieldValueDuplicate'],
  [/^Unsupported value/, 'FieldValueNotSupported'],
  [/^Forbidden/, 'FieldValueForbidden'],
  [/^Too long/, 'FieldValueTooLong'],
  [/^expected /, 'FieldValueTypeInvalid'],
];

/** What is wrong with an object, as an API server says it (apimachinery: errors.NewInvalid, field.Error). */
export function invalidObject(
  kind: ManifestKind,
  name: string,
  errors: readonly ManifestMessage[],
): ApiFailure {
  const causes = errors.map(causeOf);
  const told = causes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  const all = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  const group = kind === 'RuntimeClass' ? 'node.k8s.io' : '';
  const kindName = group === '' ? kind : `${kind}.${group}`;
  return new ApiFailure('Invalid', `${kindName} "${name}" is invalid: ${all}`, {
    ...{ name, kind, causes },
    ...(group !== '' && { group }),
  });
}

function causeOf({ path, message }: ManifestMessage): Required<StatusCause> {
  const [, reason = 'FieldValueInvalid'] = REASONS.find(([pattern]) => pattern.test(message)) ?? [];
  return { reason, message, field: path };
}

/** `pods "web" is forbidden: …` (apimachinery: errors.NewForbidden). */
export function forbidden(resource: string, name: string, why: string): ApiFailure {
  return new ApiFailure(
    'Forbidden',
    `${qualified(resource)} "${name}" is forbidden: ${why}`,
    details(resource, name),
  );
}

export function notFound(resource: string, name: string): ApiFailure {
  return new ApiFailure('NotFound', `${qualified(resource)} "${name}" not found`, details(resource, name));
}

/** What is on its way out is not changed any more: its file is gone, and another one would bring it back. */
export function beingDeleted(resource: string, name: string): ApiFailure {
  return new ApiFailure(
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": it is being deleted; try again when it is gone`,
    details(resource, name),
  );
}

function qualified(resource: string): string {
  return resource === 'runtimeclasses' ? `${resource}.node.k8s.io` : resource;
}

function details(resource: string, name: string): StatusDetails {
  return { name, kind: resource, ...(resource === 'runtimeclasses' && { group: 'node.k8s.io' }) };
}

export function definedBy(resource: string, name: string, file: string): ApiFailure {
  return forbidden(resource, name, `it is defined by ${file}; ${howToChange(file)}`);
}

/** The disk refuses. */
export function notWritten(what: string, why: string): ApiFailure {
  return new ApiFailure('InternalError', `Internal error occurred: cannot ${what}: ${why}`);
}
