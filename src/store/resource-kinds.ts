import type { SideObject } from '../pod/index.ts';

/** The kinds that can stand in a manifest, by the names of their resources. */
export const RESOURCE_KINDS = {
  pods: 'Pod',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  runtimeclasses: 'RuntimeClass',
  namespaces: 'Namespace',
} as const satisfies Readonly<Record<string, SideObject['kind'] | 'Pod'>>;

export type ManifestKind = (typeof RESOURCE_KINDS)[keyof typeof RESOURCE_KINDS];

/** Undefined for what is in no manifest: nodes and events. */
export function kindOfResource(resource: string): ManifestKind | undefined {
  return isManifestResource(resource) ? RESOURCE_KINDS[resource] : undefined;
}

export function resourceOfKind(kind: ManifestKind): string {
  const [resource = ''] = Object.entries(RESOURCE_KINDS).find(([, each]) => each === kind) ?? [];
  return resource;
}

function isManifestResource(resource: string): resource is keyof typeof RESOURCE_KINDS {
  return Object.hasOwn(RESOURCE_KINDS, resource);
}

/** What names an object among all that manifests hold; an empty namespace for what has none. */
export function objectKey(kind: ManifestKind, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
