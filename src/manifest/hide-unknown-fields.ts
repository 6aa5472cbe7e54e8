import type { Shape } from './field-fates.ts';
import type { Item } from './fields.ts';
import { nearestWord } from './nearest-word.ts';
import { type Problems, quote } from './problems.ts';
import { childPath } from './tree.ts';

/**
 * The object without fields that its shape lacks, which are reported. This is for what may hold a Secret: where a value stands too far
 * to the left, its lines look like fields. So only what is nearly the name of a field is told.
 */
export function hideUnknownFields(object: Item, shape: Shape, problems: Problems): Item {
  const { tree, path } = object;
  if (tree.kind !== 'map') return object;
  const known = [...tree.entries].filter(([name, { offset }]) => {
    if (shape.has(name)) return true;
    const near = nearestWord(name, problems.enough ? [] : shape.keys());
    if (near === undefined) {
      problems.error(offset, path, 'unknown field (its name is not shown: it may be part of a Secret)');
    } else {
      const field = childPath(path, name);
      problems.error(offset, field, `unknown field ${quote(field)}, did you mean ${quote(near)}?`);
    }
    return false;
  });
  return { tree: { ...tree, entries: new Map(known) }, path };
}
