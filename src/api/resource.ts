import type { StatusCause } from '../apimachinery/index.ts';
import type { JsonObject } from '../base/index.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A column of a Table (meta/v1 TableColumnDefinition). */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  /** `name` for the column that names the object. */
  readonly format?: 'name';
  readonly description: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
}

export type Cell = string | number | boolean | null;

/** A subresource, as discovery names it. */
export interface Subresource {
  /** `log`, `exec`, … */
  readonly name: string;
  readonly verbs: readonly string[];
  /** Of the object that is sent to it or answered, where that is another one than the resource's. */
  readonly kind?: string;
  readonly groupVersion?: { readonly group: string; readonly version: string };
}

/** A kind of object that is served: everything about it that handlers for all kinds have to know. One file each in resources/. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `pods`: in paths, in the store, in messages. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** `all`: what `kubectl get all` lists. */
  readonly categories: readonly string[];
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  readonly columns: readonly Column[];
  /** One row, a cell for each column. `nowMs` is for ages. */
  cells(object: JsonObject, nowMs: number): readonly Cell[];
  /** What field selectors may name beside metadata.name and metadata.namespace, with its value. */
  readonly fields: Readonly<Record<string, (object: JsonObject) => string>>;
  /** What the server makes of what a client wrote: a Secret's stringData becomes data. `before` is what is there already. */
  readonly complete?: (object: JsonObject, before?: JsonObject) => JsonObject;
  /**
   * With what is shown of an object beyond what a client writes: an update that leaves out a default changes nothing. `before` is what is
   * there already.
   */
  readonly withDefaults?: (object: JsonObject, before?: JsonObject) => JsonObject;
  /** Why an object may not be changed so: what of it is immutable. */
  readonly refuseChange?: (before: JsonObject, after: JsonObject) => readonly Required<StatusCause>[];
}

/** `pods` of the core group, `runtimeclasses.node.k8s.io`: as Kubernetes' messages name a resource. */
export function qualifiedName({ group, name }: Pick<Resource, 'group' | 'name'>): string {
  return group === '' ? name : `${name}.${group}`;
}

/** `v1`, `node.k8s.io/v1`. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}
