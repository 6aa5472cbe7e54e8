/** ConfigMaps and Secrets in few words. */
import { createHash } from 'node:crypto';
import {
  type ConfigMap,
  noObjects,
  type Secret,
  type SideObject,
  type UsedObjects,
} from '../../src/pod/index.ts';

type Data = Readonly<Record<string, string>>;

export function configMap(name: string, data: Data, changes: Partial<ConfigMap> = {}): ConfigMap {
  return {
    kind: 'ConfigMap',
    metadata: metadataOf(name),
    data: new Map(Object.entries(data)),
    binaryData: new Map(),
    immutable: false,
    digest: digestOf(data),
    ...changes,
  };
}

/** The data as text. */
export function secret(name: string, data: Data, changes: Partial<Secret> = {}): Secret {
  const encoded = Object.entries(data).map(([key, text]) => [key, base64(text)] as const);
  return {
    kind: 'Secret',
    metadata: metadataOf(name),
    type: 'Opaque',
    data: new Map(encoded),
    immutable: false,
    digest: digestOf(data),
    ...changes,
  };
}

export function uses(...objects: readonly SideObject[]): UsedObjects {
  const named = <K extends SideObject['kind']>(kind: K): Map<string, Extract<SideObject, { kind: K }>> =>
    new Map(
      objects
        .filter((object): object is Extract<SideObject, { kind: K }> => object.kind === kind)
        .map((object) => [object.metadata.name, object]),
    );
  const [runtimeClass] = named('RuntimeClass').values();
  return {
    ...noObjects,
    configMaps: named('ConfigMap'),
    secrets: named('Secret'),
    claims: named('PersistentVolumeClaim'),
    ...(runtimeClass && { runtimeClass }),
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function metadataOf(name: string): ConfigMap['metadata'] {
  return { name, namespace: 'default', labels: {}, annotations: {} };
}

function digestOf(data: Data): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}
