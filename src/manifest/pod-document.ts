import type { JsonObject } from '../base/index.ts';
import type { Tree } from './tree.ts';
import { jsonOfField } from './tree-json.ts';

/** What of a flat Pod goes into its metadata. */
const FLAT_METADATA = ['name', 'namespace', 'uid', 'labels', 'annotations'];

/** A Pod as it was written, in the form that Kubernetes has. Its status is not the author's to say. */
export function podDocument(tree: Tree): JsonObject {
  const { status: _, ...written } = jsonOfField(tree) ?? {};
  return { ...written, apiVersion: 'v1', kind: 'Pod' };
}

/** The same for one without its wrapping. */
export function flatPodDocument(tree: Tree): JsonObject {
  const fields = Object.entries(jsonOfField(tree) ?? {});
  const isMetadata = ([field]: readonly [string, unknown]): boolean => FLAT_METADATA.includes(field);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: Object.fromEntries(fields.filter(isMetadata)),
    spec: Object.fromEntries(fields.filter((field) => !isMetadata(field))),
  };
}
