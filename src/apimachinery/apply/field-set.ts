import { compareElements } from './field-set-element.ts';

/**
 * Which fields of an object somebody owns: a tree whose edges are written as FieldsV1 writes them (`f:spec`, `k:{"name":"web"}`, `v:"x"`,
 * `i:0`). Never changed in place; a branch without any owned field is left out.
 */
export interface FieldSet {
  /** The field itself is owned, not only what is in it. */
  readonly owned: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export type FieldPath = readonly string[];

export const NO_FIELDS: FieldSet = { owned: false, children: new Map() };

export function isEmptySet({ owned, children }: FieldSet): boolean {
  return !owned && children.size === 0;
}

export const WHOLE_FIELD: FieldSet = { owned: true, children: new Map() };

/** Of names of fields, one path each: `metadata.name`. */
export function fieldSetOf(paths: readonly string[]): FieldSet {
  return paths.map((path) => path.split('.').reduceRight(under, WHOLE_FIELD)).reduce(union, NO_FIELDS);
}

function under(set: FieldSet, name: string): FieldSet {
  return { owned: false, children: new Map([[`f:${name}`, set]]) };
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const known = children.get(element);
    children.set(element, known === undefined ? child : union(known, child));
  }
  return { owned: a.owned || b.owned, children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, a.owned && b.owned, (child, element) =>
    intersection(child, b.children.get(element) ?? NO_FIELDS),
  );
}

/** What of `a` is not in `b`, field by field: to own a field in `b` takes away nothing below it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, a.owned && !b.owned, (child, element) => {
    const other = b.children.get(element);
    return other === undefined ? child : difference(child, other);
  });
}

/** What of `a` is neither in `b` nor below a field of `b`. */
export function outside(a: FieldSet, b: FieldSet): FieldSet {
  if (b.owned) return NO_FIELDS;
  return combine(a, a.owned, (child, element) => {
    const other = b.children.get(element);
    return other === undefined ? child : outside(child, other);
  });
}

/** What of `a` is a field of `b` or below one. */
export function inside(a: FieldSet, b: FieldSet): FieldSet {
  if (b.owned) return a;
  return combine(a, false, (child, element) => {
    const other = b.children.get(element);
    return other === undefined ? NO_FIELDS : inside(child, other);
  });
}

function combine(
  { children }: FieldSet,
  owned: boolean,
  work: (child: FieldSet, element: string) => FieldSet,
): FieldSet {
  const kept = [...children]
    .map(([element, child]) => [element, work(child, element)] as const)
    .filter(([, child]) => !isEmptySet(child));
  return { owned, children: new Map(kept) };
}

/** The paths of all fields, those of one level before what lies deeper (structured-merge-diff: Set.Iterate). */
export function pathsOf(set: FieldSet, prefix: FieldPath = []): readonly FieldPath[] {
  const elements = [...set.children].toSorted(([a], [b]) => compareElements(a, b));
  const here = elements.flatMap(([element, { owned }]) => (owned ? [[...prefix, element]] : []));
  return [...here, ...elements.flatMap(([element, child]) => pathsOf(child, [...prefix, element]))];
}
