import { itemPath, memberPath } from '../field-path.ts';

/** As many as strict decoding tells (sigs.k8s.io/json). */
const MAX_DUPLICATES = 100;

interface OpenValue {
  readonly path: string;
  /** Of an object: the names it has had. */
  readonly names?: Set<string>;
  /** Where the next value stands, if it is nested. */
  at: string;
  index: number;
}

/** What is said twice in a JSON text, as `duplicate field "spec.x"`: JSON.parse keeps the last one and says nothing. The text is valid JSON. */
export function jsonDuplicates(text: string): readonly string[] {
  const duplicates = new Set<string>();
  const open: OpenValue[] = [];
  let previous = '';
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs)) {
    const inner = open.at(-1);
    if (token === '{' || token === '[') {
      const path = inner?.at ?? '';
      open.push(token === '{' ? { path, names: new Set(), at: path, index: 0 } : arrayAt(path));
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && inner !== undefined && inner.names === undefined)
      inner.at = itemPath(inner.path, ++inner.index);
    else if (inner?.names !== undefined && token.startsWith('"') && previous !== ':')
      noteName(inner, inner.names, token, duplicates);
    previous = token;
  }
  return [...duplicates].slice(0, MAX_DUPLICATES);
}

function arrayAt(path: string): OpenValue {
  return { path, at: itemPath(path, 0), index: 0 };
}

function noteName(object: OpenValue, names: Set<string>, token: string, duplicates: Set<string>): void {
  const name: string = JSON.parse(token);
  object.at = memberPath(object.path, name);
  if (names.has(name)) duplicates.add(duplicateField(object.at));
  names.add(name);
}

export function duplicateField(path: string): string {
  return `duplicate field "${path}"`;
}
