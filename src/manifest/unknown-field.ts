import { nearestWord } from './nearest-word.ts';
import { type Problems, quote } from './problems.ts';

/** What to say about a field that its object cannot have, and which of its fields might be meant. */
export function unknownField(
  { name, path }: { readonly name: string; readonly path: string },
  known: ReadonlyMap<string, unknown>,
  problems: Problems,
): string {
  // Looking for the nearest field is dear, and a hostile file has unknown ones by the ten thousand.
  const near = nearestWord(name, problems.enough ? [] : known.keys());
  return `unknown field ${quote(path)}${near === undefined ? '' : `, did you mean ${quote(near)}?`}`;
}
