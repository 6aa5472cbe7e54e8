import { printable, quote } from './problems.ts';
import type { Tree } from './tree.ts';

/** What stands in a manifest where something else was wanted, and what to do about it: the end of an error message. */
export function gotInstead(tree: Tree, wanted: 'string' | 'number' | 'boolean' | 'list' | 'map'): string {
  switch (tree.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return `the boolean ${tree.source}${wanted === 'string' ? booleanHint(tree.source, tree.value) : ''}`;
    case 'integer': {
      const shown = short(tree.source);
      const meaning = tree.source === String(tree.value) ? '' : `YAML 1.1 reads it as ${tree.value}: `;
      return `the number ${shown}${wanted === 'string' ? ` (${meaning}quote it: "${shown}")` : ''}`;
    }
    case 'float':
      return `the number ${short(tree.source)}${wanted === 'string' ? ` (quote it: "${short(tree.source)}")` : ''}`;
    case 'string': {
      const unquote =
        wanted === 'number'
          ? /^-?[0-9]+$/.test(tree.value)
          : wanted === 'boolean' && /^(true|false)$/.test(tree.value);
      return `the string ${quote(tree.value)}${unquote ? ' (remove the quotes)' : ''}`;
    }
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
  }
}

/** The same without the value, for what no message may tell. */
export function typeInstead(tree: Tree): string {
  switch (tree.kind) {
    case 'null':
      return 'null';
    case 'integer':
    case 'float':
      return 'a number';
    default:
      return `a ${tree.kind}`;
  }
}

function booleanHint(source: string, value: boolean): string {
  if (/^(true|false)$/i.test(source)) return ` (quote it: "${source}")`;
  return ` (YAML 1.1 reads a bare ${value ? 'yes, on, y' : 'no, off, n'} as ${value}: quote it)`;
}

const short = (source: string): string =>
  printable(source.length > 64 ? `${source.slice(0, 61)}...` : source);
