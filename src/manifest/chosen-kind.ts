import type { Shape } from './field-fates.ts';
import type { Fields } from './fields.ts';

/**
 * Which of several fields that exclude each other is there: the first one, and undefined where there is none or where it is refused.
 * Others are reported with `tooMany`. An empty value (`nfs: {}`) names its kind all the same: the fates let it pass, so a refused
 * one is refused here.
 */
export function chosenKind(fields: Fields, shape: Shape, tooMany: string): string | undefined {
  const named = fields.names.filter((name) => name !== 'name' && shape.has(name));
  for (const [index, name] of named.entries()) {
    if (isRefused(shape, name)) {
      if (fields.isEmpty(name)) fields.report(name, `Forbidden: ${shape.get(name)?.fate.reason}`);
    } else if (index > 0) fields.report(name, `Forbidden: ${tooMany}`);
  }
  const [first] = named;
  return first === undefined || isRefused(shape, first) ? undefined : first;
}

function isRefused(shape: Shape, name: string): boolean {
  return shape.get(name)?.fate.fate === 'refused';
}
