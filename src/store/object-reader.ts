import type { JsonObject } from '../base/index.ts';

/** An object as it is shown, and what it was made from. */
export interface SourceObject {
  readonly namespace: string;
  readonly name: string;
  /** What the object is made from: as long as each part is the same value (`Object.is`), `make` is not asked again. */
  readonly basis: readonly unknown[];
  /** Complete but for metadata.resourceVersion. */
  readonly make: () => JsonObject;
}

/** Where all objects of one resource come from: `pods`, `events`. */
export interface ObjectSource {
  readonly resource: string;
  objects(): Iterable<SourceObject>;
}

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: JsonObject;
  /** What it was before: for selectors that it no longer matches. */
  readonly before?: JsonObject;
  readonly version: number;
}

export interface ObjectList {
  /** Of the whole store. */
  readonly version: number;
  readonly items: readonly JsonObject[];
}

/** The objects of the node with their versions. Versions only grow, also over restarts of the daemon. */
export interface ObjectReader {
  /** By namespace, then name; all namespaces if undefined, `''` for what has none. */
  list(resource: string, namespace?: string): ObjectList;
  get(resource: string, namespace: string, name: string): JsonObject | undefined;
  /**
   * Tells every change after `version`, in order, none twice, until `signal` is aborted; those that were before the call are told
   * before it returns. Returns false, and tells nothing, where the changes after that version are not kept any more.
   */
  watch(
    resource: string,
    since: number,
    listener: (change: ObjectChange) => void,
    signal: AbortSignal,
  ): boolean;
  readonly version: number;
}
