/**
 * The objects beside Pods and what wraps them, in the notation of podspec-fields.generated.ts and written by hand: the
 * published PodSpec does not reach them. Source: core/v1 and node.k8s.io/v1 of Kubernetes 1.36.
 */
export const objectFields = {
  V1Pod: { apiVersion: 'string', kind: 'string', metadata: 'V1ObjectMeta', spec: 'V1PodSpec', status: 'any' },
  V1List: { apiVersion: 'string', kind: 'string', metadata: 'V1ListMeta', items: 'any[]' },
  V1ListMeta: {
    continue: 'string',
    remainingItemCount: 'number',
    resourceVersion: 'string',
    selfLink: 'string',
  },
  V1ConfigMap: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'V1ObjectMeta',
    data: 'map',
    binaryData: 'map',
    immutable: 'boolean',
  },
  V1Secret: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'V1ObjectMeta',
    type: 'string',
    data: 'map',
    stringData: 'map',
    immutable: 'boolean',
  },
  V1PersistentVolumeClaim: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'V1ObjectMeta',
    spec: 'V1PersistentVolumeClaimSpec',
    status: 'any',
  },
  V1RuntimeClass: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'V1ObjectMeta',
    handler: 'string',
    overhead: 'V1Overhead',
    scheduling: 'V1Scheduling',
  },
  V1Namespace: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'V1ObjectMeta',
    spec: 'V1NamespaceSpec',
    status: 'any',
  },
  V1NamespaceSpec: { finalizers: 'string[]' },
  V1Overhead: { podFixed: 'map' },
  V1Scheduling: { nodeSelector: 'map', tolerations: 'V1Toleration[]' },
} as const;
