import type { ObjectMeta, PersistentVolumeClaim } from '../pod/index.ts';
import type { Fields } from './fields.ts';
import { readClaimSpec } from './read-claim-spec.ts';
import { jsonOfField } from './tree-json.ts';

/** Reads a PersistentVolumeClaim. */
export function readPersistentVolumeClaim(fields: Fields, metadata: ObjectMeta): PersistentVolumeClaim {
  const spec = jsonOfField(fields.tree('spec'));
  return {
    kind: 'PersistentVolumeClaim',
    metadata,
    ...readClaimSpec(fields),
    ...(spec && { document: spec }),
  };
}
