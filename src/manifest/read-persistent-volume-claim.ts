import type { ObjectMeta, PersistentVolumeClaim } from '../pod/index.ts';
import type { Fields } from './fields.ts';
import { readClaimSpec } from './read-claim-spec.ts';

/** Reads a PersistentVolumeClaim. */
export function readPersistentVolumeClaim(fields: Fields, metadata: ObjectMeta): PersistentVolumeClaim {
  return { kind: 'PersistentVolumeClaim', metadata, ...readClaimSpec(fields) };
}
