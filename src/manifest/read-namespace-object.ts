import { dns1123LabelErrors, type Namespace, type ObjectMeta } from '../pod/index.ts';
import type { Fields } from './fields.ts';

/** Reads a Namespace (core/validation: ValidateNamespace). */
export function readNamespaceObject(fields: Fields, metadata: ObjectMeta): Namespace {
  const { name } = metadata;
  // What no object may be called is told already.
  if (!name.includes('.')) return { kind: 'Namespace', metadata };
  fields.map('metadata')?.reportInvalid('name', name, dns1123LabelErrors(name));
  return { kind: 'Namespace', metadata };
}
