import { isNode, type Refusal, type Source, type SyntaxNode } from './source.ts';

const RUNNERS = new Set(['test', 'it', 'describe', 'suite', 'bench']);

/** Tests that shut others out, or that are off without a word. `skipIf` states its reason itself. */
export function refuseFocusAndSkips(tests: readonly Source[]): readonly Refusal[] {
  return tests.flatMap((source) =>
    source.nodes.flatMap(({ node }) => {
      const modifier = modifierOf(node);
      const at = { file: source.path, line: source.lineOf(node) };
      if (modifier === 'only')
        return [{ ...at, what: 'only', instead: 'take it away: it hides every other test' }];
      if ((modifier !== 'skip' && modifier !== 'todo') || hasReason(source, at.line)) return [];
      return [
        {
          ...at,
          what: `${modifier} without a reason`,
          instead: 'say why in a comment on the line above, or make it run',
        },
      ];
    }),
  );
}

function modifierOf(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression' || !isNode(node.object) || !isNode(node.property)) return undefined;
  let runner: SyntaxNode = node.object;
  while (runner.type === 'MemberExpression' && isNode(runner.object)) runner = runner.object;
  return RUNNERS.has(String(runner.name)) ? String(node.property.name) : undefined;
}

function hasReason({ text }: Source, line: number): boolean {
  const lines = text.split('\n');
  return /\/\/|\*\//.test(`${lines[line - 2] ?? ''}\n${lines[line - 1] ?? ''}`);
}

/**
 * Directories of the machine somebody developed on: absolute, so not `.run/root/` nor `"$dir"/root/`. Spelled apart, so
 * that this file does not name them.
 */
const MACHINE_PATH = new RegExp(`(?<![\\w.})$/-]|\\w")/(?:${['wo', 'ro'].join('rk|')}ot)/`);

/** Inside an image these are its own directories. */
const OWN_MACHINE = /(^|\/)Dockerfile$/;

/** What was true on one machine only: its directories, and its package registry. */
export function refuseMachineTraces(
  files: readonly { readonly path: string; readonly text: string }[],
): readonly Refusal[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((content, index) => {
      const at = { file: path, line: index + 1 };
      const found = OWN_MACHINE.test(path) ? null : MACHINE_PATH.exec(content);
      if (found !== null)
        return [
          {
            ...at,
            what: `names ${found[0]}`,
            instead: 'take the directory from an argument, or a temporary one',
          },
        ];
      const registry = path === 'package-lock.json' ? /"resolved": "[^"]*/.exec(content) : null;
      return registry === null
        ? []
        : [
            {
              ...at,
              what: registry[0],
              instead: 'lock with omit-lockfile-registry-resolved: others may not reach that host',
            },
          ];
    }),
  );
}
