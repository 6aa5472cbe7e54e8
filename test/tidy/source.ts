import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseAst } from 'vitest/node';

const ROOT = resolve(import.meta.dirname, '../..');

/** A node of the syntax tree, as ESTree and its TypeScript extension name them. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One TypeScript file with all that the rules ask of it. */
export interface Source {
  /** From the top of the checkout: `src/cli/index.ts`. */
  readonly path: string;
  /** The folder under src/; `main` for the composition root. */
  readonly room: string;
  readonly text: string;
  readonly lineCount: number;
  readonly generated: boolean;
  /** Every node with the one above it, in the order of the text. */
  readonly nodes: readonly { readonly node: SyntaxNode; readonly parent: SyntaxNode | undefined }[];
  readonly imports: readonly Import[];
  lineOf(node: SyntaxNode): number;
}

export interface Import {
  readonly specifier: string;
  /** The file it leads to, for relative ones. */
  readonly target: string | undefined;
  readonly line: number;
}

/** What a rule found, and what to do instead. */
export interface Refusal {
  readonly file: string;
  readonly line?: number;
  readonly what: string;
  readonly instead: string;
}

/** Every TypeScript file below a folder of the checkout. */
export function readSources(folder: string): readonly Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));
}

/** The same from a text, so that the rules themselves can be tested. */
export function parseSource(path: string, text: string): Source {
  const nodes: { node: SyntaxNode; parent: SyntaxNode | undefined }[] = [];
  collect(parseAst(text, { lang: 'ts' }), undefined, nodes);
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  const lineOf = (node: SyntaxNode): number => lineStarts.findLastIndex((start) => start <= node.start) + 1;
  const [, room = '', ...rest] = path.split('/');
  return {
    path,
    room: rest.length === 0 ? 'main' : room,
    text,
    lineCount: text.split('\n').length - 1,
    generated: path.endsWith('.generated.ts'),
    nodes,
    imports: nodes.flatMap(({ node }) => readImport(path, node, lineOf)),
    lineOf,
  };
}

/** What git knows of: text files only. None where this is not a checkout. */
export function readTrackedFiles(): readonly { readonly path: string; readonly text: string }[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.split('\0').flatMap((path) => {
      const text = path === '' ? undefined : readTextIfThere(path);
      return text === undefined ? [] : [{ path, text }];
    });
  } catch {
    return [];
  }
}

function readTextIfThere(path: string): string | undefined {
  try {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function collect(
  value: unknown,
  parent: SyntaxNode | undefined,
  into: { node: SyntaxNode; parent: SyntaxNode | undefined }[],
): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, parent, into);
  } else if (isNode(value)) {
    into.push({ node: value, parent });
    for (const field of Object.values(value)) collect(field, value, into);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Imports and re-exports, for values and for types alike, also `import()` in both. */
function readImport(path: string, node: SyntaxNode, lineOf: (node: SyntaxNode) => number): readonly Import[] {
  const from = node.type === 'TSImportType' ? (node.argument ?? node.source) : node.source;
  const literal = isNode(from) && isNode(from.literal) ? from.literal : from;
  if (!isNode(literal) || typeof literal.value !== 'string') return [];
  const specifier = literal.value;
  const target = specifier.startsWith('.') ? join(dirname(path), specifier) : undefined;
  return [{ specifier, target, line: lineOf(node) }];
}
