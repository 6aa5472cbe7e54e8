import { type JsonObject, textAt } from '../../base/index.ts';
import { writtenContent } from '../../manifest/index.ts';
import type { PersistentVolumeClaim, SideObject } from '../../pod/index.ts';
import { type Origin, sideMetadata } from './metadata.ts';
import { namespaceObject } from './namespace-object.ts';

/** An object beside pods as Kubernetes shows it. */
export function sideObject(object: SideObject, origin: Origin): JsonObject {
  const metadata = sideMetadata(object.kind, object.metadata, origin);
  switch (object.kind) {
    case 'ConfigMap':
    case 'Secret':
      return { apiVersion: 'v1', kind: object.kind, metadata, ...writtenContent(object) };
    case 'PersistentVolumeClaim':
      return {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata,
        ...claim(object, textAt(metadata, 'uid')),
      };
    case 'RuntimeClass':
      return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata, ...writtenContent(object) };
    case 'Namespace':
      return namespaceObject(object.metadata.name, metadata);
  }
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
