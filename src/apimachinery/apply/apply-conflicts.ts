import { ApiFailure } from '../failure.ts';
import { difference, type FieldSet, intersection, isEmptySet, pathsOf } from './field-set.ts';
import { describeElement } from './field-set-element.ts';
import { mapFields, type Owner, type Owners } from './managed-fields.ts';

/** Of the fields that change, those that others own: by owner. */
export function conflictsOf(others: Owners, changed: FieldSet): Owners {
  return mapFields(others, (fields) => intersection(fields, changed));
}

/** What of the conflicts is left when some fields may be taken. */
export function conflictsWithout(conflicts: Owners, allowed: FieldSet): Owners {
  return mapFields(conflicts, (fields) => difference(fields, allowed));
}

export function isConflict(conflicts: Owners): boolean {
  return [...conflicts.values()].some(({ fields }) => !isEmptySet(fields));
}

/** apimachinery: managedfields NewConflictError. */
export function conflictFailure(conflicts: Owners): ApiFailure {
  const listed = [...conflicts.values()]
    .flatMap((owner) =>
      pathsOf(owner.fields).map((path) => ({ by: describeOwner(owner), field: describePath(path) })),
    )
    .toSorted((a, b) => (a.by < b.by ? -1 : Number(a.by > b.by)));
  const causes = listed.map(({ by, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${by}`,
    field,
  }));
  return new ApiFailure('Conflict', messageOf(listed), { causes });
}

interface ListedConflict {
  readonly by: string;
  readonly field: string;
}

function messageOf(conflicts: readonly ListedConflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1)
    return `Apply failed with 1 conflict: conflict with ${first.by}: ${first.field}`;
  const lines = conflicts.flatMap(({ by, field }, index) => [
    ...(by === conflicts[index - 1]?.by ? [] : [`conflicts with ${by}:`]),
    `- ${field}`,
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function describePath(path: readonly string[]): string {
  return path.map(describeElement).join('');
}

function describeOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = JSON.stringify(manager);
  const of = subresource === '' ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${of} using ${apiVersion}` : of;
}
