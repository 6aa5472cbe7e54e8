/** The version of Kubernetes whose types and words are spoken here: kubernetes-types.generated.ts is made from its sources. */
export const KUBERNETES_VERSION = '1.36.4';
