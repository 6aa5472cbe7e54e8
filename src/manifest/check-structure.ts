import { shapeOf } from './field-fates.ts';
import { isTypeName, type TypeName } from './known-fields.ts';
import type { Problems } from './problems.ts';
import { childPath, itemPath, type Tree } from './tree.ts';
import { unknownField } from './unknown-field.ts';
import { INTEGER_RANGES, wholeNumber } from './whole-number.ts';
import { gotInstead } from './wrong-type.ts';

interface Value {
  readonly tree: Tree;
  readonly path: string;
}

/**
 * Checks that a value could be of a type of core/v1: that its fields exist and have the right kind of value. This is for
 * what has no effect here and no reader: a slip of the pen in an affinity is found all the same. `type` is as
 * known-fields.ts writes it. Null fits every type, as in Kubernetes.
 */
export function checkStructure(value: Value, type: string, problems: Problems): void {
  const { tree, path } = value;
  if (tree.kind === 'null' || type === 'any') return;
  if (type.endsWith('[]')) checkList(value, type.slice(0, -2), problems);
  else if (type === 'map') checkStrings(value, problems);
  else if (isTypeName(type)) checkObject(value, type, problems);
  else {
    const wanted = wrongScalar(tree, type);
    if (wanted !== undefined) problems.error(tree.offset, path, wanted);
  }
}

function checkList({ tree, path }: Value, itemType: string, problems: Problems): void {
  if (tree.kind !== 'list') {
    problems.error(tree.offset, path, `expected a list, got ${gotInstead(tree, 'list')}`);
    return;
  }
  for (const [index, item] of tree.items.entries()) {
    checkStructure({ tree: item, path: itemPath(path, index) }, itemType, problems);
  }
}

function checkStrings({ tree, path }: Value, problems: Problems): void {
  if (tree.kind !== 'map') {
    problems.error(tree.offset, path, `expected a map, got ${gotInstead(tree, 'map')}`);
    return;
  }
  for (const [key, entry] of tree.entries) {
    checkStructure({ tree: entry.value, path: childPath(path, key) }, 'string', problems);
  }
}

function checkObject({ tree, path }: Value, type: TypeName, problems: Problems): void {
  if (tree.kind !== 'map') {
    problems.error(tree.offset, path, `expected a map, got ${gotInstead(tree, 'map')}`);
    return;
  }
  const shape = shapeOf(type);
  for (const [name, entry] of tree.entries) {
    const child = childPath(path, name);
    const known = shape.get(name);
    if (known === undefined) {
      problems.error(entry.offset, child, unknownField({ name, path: child }, shape, problems));
    } else checkStructure({ tree: entry.value, path: child }, known.type, problems);
  }
}

/** What is wrong with a scalar; undefined where it fits. */
function wrongScalar(tree: Tree, type: string): string | undefined {
  switch (type) {
    case 'boolean':
      return tree.kind === 'boolean' ? undefined : `expected a boolean, got ${gotInstead(tree, 'boolean')}`;
    case 'number':
      return wrongNumber(tree);
    case 'IntOrString':
      return tree.kind === 'string' ? undefined : wrongNumber(tree);
    // Text, and points in time, which are text in YAML as Kubernetes reads it.
    default:
      return tree.kind === 'string' ? undefined : `expected a string, got ${gotInstead(tree, 'string')}`;
  }
}

function wrongNumber(tree: Tree): string | undefined {
  const value = wholeNumber(tree);
  if (value === undefined) return `expected an integer, got ${gotInstead(tree, 'number')}`;
  const [least, most] = INTEGER_RANGES.int64;
  return value >= least && value <= most ? undefined : `Invalid value: ${value}: does not fit int64`;
}
