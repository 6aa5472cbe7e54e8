import { type JsonObject, textAt } from '../../base/index.ts';
import type { ConfigMap, PersistentVolumeClaim, RuntimeClass, Secret, SideObject } from '../../pod/index.ts';
import { type Origin, sideMetadata } from './metadata.ts';
import { namespaceObject } from './namespace-object.ts';

/** An object beside pods as Kubernetes shows it. */
export function sideObject(object: SideObject, origin: Origin): JsonObject {
  const metadata = sideMetadata(object.kind, object.metadata, origin);
  switch (object.kind) {
    case 'ConfigMap':
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...configMap(object) };
    case 'Secret':
      return { apiVersion: 'v1', kind: 'Secret', metadata, ...secret(object) };
    case 'PersistentVolumeClaim':
      return {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata,
        ...claim(object, textAt(metadata, 'uid')),
      };
    case 'RuntimeClass':
      return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata, ...runtimeClass(object) };
    case 'Namespace':
      return namespaceObject(object.metadata.name, metadata);
  }
}

function configMap({ data, binaryData, immutable }: ConfigMap): JsonObject {
  return {
    ...(data.size > 0 && { data: Object.fromEntries(data) }),
    ...(binaryData.size > 0 && { binaryData: Object.fromEntries(binaryData) }),
    ...(immutable && { immutable }),
  };
}

function secret({ type, data, immutable }: Secret): JsonObject {
  return { ...(data.size > 0 && { data: Object.fromEntries(data) }), ...(immutable && { immutable }), type };
}

/**
 * A claim is a directory, which is there when it is used: nobody waits for it. Its size is what was asked for, and its volume has the
 * name that a provisioner would give it: clients take a claim without one for unbound.
 */
function claim({ accessModes, storage, document }: PersistentVolumeClaim, uid: string): JsonObject {
  const resources = storage === undefined ? {} : { requests: { storage } };
  return {
    spec: { volumeMode: 'Filesystem', volumeName: `pvc-${uid}`, ...document, accessModes, resources },
    status: {
      phase: 'Bound',
      accessModes,
      ...(storage !== undefined && { capacity: { storage } }),
    },
  };
}

function runtimeClass({ handler, overhead, document }: RuntimeClass): JsonObject {
  return {
    handler,
    ...(overhead && { overhead: { podFixed: overhead } }),
    ...(document && { scheduling: document }),
  };
}
