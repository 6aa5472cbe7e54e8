import type { ObjectMeta, SideObject } from '../pod/index.ts';
import { type Shape, shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import type { Problems } from './problems.ts';
import { readConfigMap } from './read-config-map.ts';
import { readNamespaceObject } from './read-namespace-object.ts';
import { readPersistentVolumeClaim } from './read-persistent-volume-claim.ts';
import { readRuntimeClass } from './read-runtime-class.ts';
import { readSecret } from './read-secret.ts';
import type { ParsedObject } from './types.ts';

export type KindName = ParsedObject['kind'];

/** A kind of object beside pods. */
export interface SideKind {
  readonly shape: Shape;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly read: (fields: Fields, metadata: ObjectMeta, problems: Problems) => SideObject;
  /** Whether what it says may not stand in a message. */
  readonly secret?: true;
}

/** The kinds a manifest may hold, in the order in which messages name them, each with its version. */
const versions: ReadonlyMap<string, string> = new Map<KindName, string>([
  ['Pod', 'v1'],
  ['ConfigMap', 'v1'],
  ['Secret', 'v1'],
  ['PersistentVolumeClaim', 'v1'],
  ['RuntimeClass', 'node.k8s.io/v1'],
  ['Namespace', 'v1'],
]);

export const kindNames: readonly string[] = [...versions.keys()];

export const sideKinds: { readonly [K in SideObject['kind']]: SideKind } = {
  ConfigMap: { shape: shapes.configMap, scope: 'Namespaced', read: readConfigMap },
  Secret: { shape: shapes.secret, scope: 'Namespaced', read: readSecret, secret: true },
  PersistentVolumeClaim: {
    shape: shapes.persistentVolumeClaim,
    scope: 'Namespaced',
    read: readPersistentVolumeClaim,
  },
  RuntimeClass: { shape: shapes.runtimeClass, scope: 'Cluster', read: readRuntimeClass },
  Namespace: { shape: shapes.namespace, scope: 'Cluster', read: readNamespaceObject },
};

export function isKind(kind: string): kind is KindName {
  return versions.has(kind);
}

/** The apiVersion of a kind, or of the list of a kind. */
export function versionOf(kind: string): string {
  return versions.get(kind) ?? versions.get(itemKindOf(kind) ?? '') ?? 'v1';
}

/** What the items of a list are: undefined for a plain List, whose items say so themselves, and for what is no list. */
export function itemKindOf(list: string): KindName | undefined {
  const kind = list.endsWith('List') ? list.slice(0, -'List'.length) : '';
  return isKind(kind) ? kind : undefined;
}

export function isList(kind: string): boolean {
  return kind === 'List' || itemKindOf(kind) !== undefined;
}
