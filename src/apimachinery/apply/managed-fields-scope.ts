import { difference, type FieldSet, fieldSetOf, inside, outside } from './field-set.ts';

/** What nobody owns (apimachinery: managedfields stripMeta). */
const NEVER_OWNED = fieldSetOf([
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
  'metadata.creationTimestamp',
  'metadata.selfLink',
  'metadata.uid',
  'metadata.clusterName',
  'metadata.generation',
  'metadata.managedFields',
  'metadata.resourceVersion',
]);

const STATUS = fieldSetOf(['status']);
const NOT_OF_STATUS = fieldSetOf(['spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences']);
const EPHEMERAL_CONTAINERS = fieldSetOf(['spec.ephemeralContainers']);

/** Those fields that a request to the subresource can change (kubernetes: GetResetFields of the registry's strategies). */
export function changeable(fields: FieldSet, subresource: string): FieldSet {
  if (subresource === 'status') return outside(fields, NOT_OF_STATUS);
  return subresource === 'ephemeralcontainers'
    ? inside(fields, EPHEMERAL_CONTAINERS)
    : outside(fields, STATUS);
}

export function ownable(fields: FieldSet): FieldSet {
  return difference(fields, NEVER_OWNED);
}
