import type { ObjectMeta } from '../pod/index.ts';
import type { Fields } from './fields.ts';
import { readMetadata } from './read-metadata.ts';

/** Reads the metadata of an object beside pods. Only pods have a UID here, and what is of the whole node has no namespace. */
export function readObjectMeta(fields: Fields, scope: 'Namespaced' | 'Cluster'): ObjectMeta {
  const { uid, ...metadata } = readMetadata(fields);
  if (uid !== undefined) fields.note('uid', 'has no effect here: this object is known by its name');
  if (scope === 'Namespaced') return metadata;
  if (!fields.isEmpty('namespace')) fields.report('namespace', 'Forbidden: not allowed on this type');
  return { ...metadata, namespace: '' };
}
