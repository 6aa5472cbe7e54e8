import type { JsonObject } from '../base/index.ts';
import type { ConfigMap, RuntimeClass, Secret, SideObject } from '../pod/index.ts';
import { versionOf } from './kinds.ts';
import type { ParsedObject } from './types.ts';

/** An object in the form that an API takes, with what its author wrote and no defaults: a flat Pod with its wrapping, a Secret without texts. */
export function writtenObject(found: ParsedObject): JsonObject {
  if (found.kind === 'Pod') return found.pod.document ?? {};
  const { metadata } = found.object;
  return {
    apiVersion: versionOf(found.kind),
    kind: found.kind,
    metadata: metadata.document ?? { name: metadata.name },
    ...writtenContent(found.object),
  };
}

/** What stands beside its metadata. */
export function writtenContent(object: SideObject): JsonObject {
  switch (object.kind) {
    case 'ConfigMap':
      return configMap(object);
    case 'Secret':
      return secret(object);
    case 'PersistentVolumeClaim':
      return { spec: object.document ?? {} };
    case 'RuntimeClass':
      return runtimeClass(object);
    case 'Namespace':
      return {};
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

function runtimeClass({ handler, overhead, document }: RuntimeClass): JsonObject {
  return {
    handler,
    ...(overhead && { overhead: { podFixed: overhead } }),
    ...(document && { scheduling: document }),
  };
}
