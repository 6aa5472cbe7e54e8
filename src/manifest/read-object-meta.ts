import type { ObjectMeta } from '../pod/index.ts';
import type { Fields } from './fields.ts';
import { readMetadata } from './read-metadata.ts';
import type { Tree } from './tree.ts';
import { jsonOfField } from './tree-json.ts';

/** Reads the metadata of an object beside pods. What is of the whole node has no namespace. */
export function readObjectMeta(
  fields: Fields,
  { scope, written }: { readonly scope: 'Namespaced' | 'Cluster'; readonly written: Tree | undefined },
): ObjectMeta {
  const { uid: _, ...metadata } = readMetadata(fields);
  const document = jsonOfField(written);
  const meta = { ...metadata, ...(document && { document }) };
  if (scope === 'Namespaced') return meta;
  if (!fields.isEmpty('namespace')) fields.report('namespace', 'Forbidden: not allowed on this type');
  return { ...meta, namespace: '' };
}
