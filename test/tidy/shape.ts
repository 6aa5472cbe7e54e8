import { isNode, type Refusal, type Source, type SyntaxNode } from './source.ts';

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 70;
const MAX_PARAMETERS = 4;

const BODIES = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const SIGNATURES = new Set([
  ...BODIES,
  'TSMethodSignature',
  'TSFunctionType',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
]);

export function refuseLongFiles(sources: readonly Source[]): readonly Refusal[] {
  return sources
    .filter(({ generated, lineCount }) => !generated && lineCount > MAX_FILE_LINES)
    .map(({ path, lineCount }) => ({
      file: path,
      what: `${lineCount} lines, more than ${MAX_FILE_LINES}`,
      instead: 'split it along what changes together; the target is 200',
    }));
}

export function refuseLongFunctions(sources: readonly Source[]): readonly Refusal[] {
  return functionsOf(sources)
    .filter(({ lineCount }) => lineCount > MAX_FUNCTION_LINES)
    .map(({ file, line, lineCount }) => ({
      file,
      line,
      what: `a function of ${lineCount} lines, more than ${MAX_FUNCTION_LINES}`,
      instead: 'name its parts and call them; the target is 25',
    }));
}

export function refuseManyParameters(sources: readonly Source[]): readonly Refusal[] {
  return sources.flatMap((source) =>
    source.nodes.flatMap(({ node }) => {
      const count = SIGNATURES.has(node.type) ? parametersOf(node).length : 0;
      if (count <= MAX_PARAMETERS || source.generated) return [];
      const what = `${count} parameters, more than ${MAX_PARAMETERS}`;
      return [{ file: source.path, line: source.lineOf(node), what, instead: 'take one options object' }];
    }),
  );
}

function parametersOf(node: SyntaxNode): readonly unknown[] {
  const parameters = Array.isArray(node.params) ? node.params : [];
  return parameters.filter((parameter) => !(isNode(parameter) && parameter.name === 'this'));
}

interface FunctionSize {
  readonly file: string;
  readonly line: number;
  readonly lineCount: number;
}

function functionsOf(sources: readonly Source[]): readonly FunctionSize[] {
  return sources
    .filter(({ generated }) => !generated)
    .flatMap(({ path, text, nodes, lineOf }) =>
      nodes
        .filter(({ node }) => BODIES.has(node.type))
        .map(({ node }) => ({
          file: path,
          line: lineOf(node),
          lineCount: text.slice(node.start, node.end).split('\n').length,
        })),
    );
}

/** The sizes in one line, to be looked at rather than refused. */
export function describeSizes(sources: readonly Source[]): string {
  const written = sources.filter(({ generated }) => !generated);
  const files = written.map(({ lineCount }) => lineCount);
  // One-line arrows would hide how long the functions are that somebody has to read.
  const functions = functionsOf(sources)
    .map(({ lineCount }) => lineCount)
    .filter((lines) => lines > 1);
  return `src: ${files.length} files, lines median ${quantile(files, 0.5)}, p90 ${quantile(files, 0.9)}, most ${quantile(files, 1)}; ${functions.length} functions of 2 lines or more, median ${quantile(functions, 0.5)}, p90 ${quantile(functions, 0.9)}, most ${quantile(functions, 1)}`;
}

function quantile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(Math.floor(ordered.length * share), ordered.length - 1)] ?? 0;
}
