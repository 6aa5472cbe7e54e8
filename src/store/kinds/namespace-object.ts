import { type JsonObject, objectAt } from '../../base/index.ts';

/** The label that every namespace has (core/v1: LabelMetadataName). */
const NAME_LABEL = 'kubernetes.io/metadata.name';

export function namespaceObject(name: string, metadata: JsonObject): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { ...metadata, labels: { ...objectAt(metadata, 'labels'), [NAME_LABEL]: name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
