import type { JsonObject } from '../base/index.ts';

/**
 * Objects beside pods. Maps, since a key like `__proto__` is valid; values as they are in Kubernetes: binary ones in base64.
 */
export interface ObjectMeta {
  readonly name: string;
  /** Empty for a RuntimeClass or a Namespace, which have none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** All of metadata as it was written, for whoever asks for it. */
  readonly document?: JsonObject;
}

export interface ConfigMap {
  readonly kind: 'ConfigMap';
  readonly metadata: ObjectMeta;
  readonly data: ReadonlyMap<string, string>;
  /** Base64. */
  readonly binaryData: ReadonlyMap<string, string>;
  readonly immutable: boolean;
  /** Hash of the content: equal for equal data, whatever file it stands in. */
  readonly digest: string;
}

export interface Secret {
  readonly kind: 'Secret';
  readonly metadata: ObjectMeta;
  /** `Opaque` where the manifest says nothing. */
  readonly type: string;
  /** Base64, with what stood in `stringData` encoded and laid over it. */
  readonly data: ReadonlyMap<string, string>;
  readonly immutable: boolean;
  readonly digest: string;
}

/** A directory on this machine that outlives the pods that use it. */
export interface PersistentVolumeClaim {
  readonly kind: 'PersistentVolumeClaim';
  readonly metadata: ObjectMeta;
  readonly accessModes: readonly AccessMode[];
  /** A quantity in canonical form; not enforced. */
  readonly storage?: string;
  /** Its spec as it was written. */
  readonly document?: JsonObject;
}

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod';

export interface RuntimeClass {
  readonly kind: 'RuntimeClass';
  readonly metadata: ObjectMeta;
  readonly handler: string;
  /** overhead.podFixed: resource name → quantity in canonical form. */
  readonly overhead?: Readonly<Record<string, string>>;
  /** Its scheduling as it was written; here it has no effect. */
  readonly document?: JsonObject;
}

/** Only told of: a pod needs none to be in. */
export interface Namespace {
  readonly kind: 'Namespace';
  readonly metadata: ObjectMeta;
}

export type SideObject = ConfigMap | Secret | PersistentVolumeClaim | RuntimeClass | Namespace;

/**
 * The objects one pod names, looked up: what its plan may depend on. A name that is missing here is not defined. Keyed by name,
 * since all are of the pod's namespace.
 */
export interface UsedObjects {
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  readonly runtimeClass?: RuntimeClass;
}

export const noObjects: UsedObjects = { configMaps: new Map(), secrets: new Map(), claims: new Map() };
