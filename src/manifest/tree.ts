/**
 * One document as Kubernetes would see it after YAML → JSON, with the place of every value kept. A tree may be shared
 * by several aliases; it is never changed after it was built.
 */
export type Tree = Scalar | ListTree | MapTree;

export type Scalar =
  | { readonly kind: 'null'; readonly offset: number }
  | { readonly kind: 'boolean'; readonly offset: number; readonly source: string; readonly value: boolean }
  /** Fits int64 or uint64. */
  | { readonly kind: 'integer'; readonly offset: number; readonly source: string; readonly value: bigint }
  | { readonly kind: 'float'; readonly offset: number; readonly source: string; readonly value: number }
  | { readonly kind: 'string'; readonly offset: number; readonly value: string };

export interface ListTree extends Extent {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: readonly Tree[];
}

export interface MapTree extends Extent {
  readonly kind: 'map';
  readonly offset: number;
  /** By key, in the order of the document. A Map, so that no key (`__proto__`) means anything special. */
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  /** Where the key stands. */
  readonly offset: number;
  readonly value: Tree;
}

/** How large a collection is with all its aliases expanded: what keeps an alias bomb from going off. */
interface Extent {
  readonly size: number;
  readonly height: number;
}

export const sizeOf = (tree: Tree): number => ('size' in tree ? tree.size : 1);
export const heightOf = (tree: Tree): number => ('height' in tree ? tree.height : 0);

/** `spec` + `containers` → `spec.containers`; a key that is no plain word goes into brackets, as Kubernetes writes it. */
export function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

export const itemPath = (path: string, index: number): string => `${path}[${index}]`;
