import { isNode, type Refusal, type Source, type SyntaxNode } from './source.ts';

interface Ban {
  /** Tells what is written there, if it is this. */
  find(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined;
  /** Where it is allowed: a room, or one file. */
  readonly allowed: (source: Source) => boolean;
  readonly instead: string;
}

const inBase = (source: Source): boolean => source.room === 'base';
const nowhere = (): boolean => false;

const BANS: readonly Ban[] = [
  {
    find: (node, parent) => findName(node, parent, ['setTimeout', 'setInterval']),
    allowed: inBase,
    instead: 'take a Clock (src/base) and use setTimer or sleep: tests and the simulator run in virtual time',
  },
  {
    find: (node) =>
      findMember(node, ['Date.now', 'performance.now', 'process.hrtime', 'AbortSignal.timeout']),
    allowed: inBase,
    instead: 'take a Clock (src/base) and ask nowMs or monotonicMs',
  },
  {
    find: (node) =>
      node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && isEmpty(node.arguments)
        ? 'new Date()'
        : undefined,
    allowed: inBase,
    instead: 'take a Clock (src/base); new Date(ms) with a time is fine',
  },
  {
    find: (node) => (literalSource(node)?.startsWith('node:timers') === true ? 'node:timers' : undefined),
    allowed: inBase,
    instead: 'take a Clock (src/base)',
  },
  {
    find: (node, parent) =>
      findMember(node, ['Math.random', 'crypto.getRandomValues']) ??
      findName(node, parent, ['randomUUID', 'randomBytes', 'randomInt']) ??
      findMember(node, ['crypto.randomUUID', 'crypto.randomBytes', 'crypto.randomInt']),
    allowed: inBase,
    instead: 'take a Random (src/base)',
  },
  {
    find: (node, parent) => (nameOf(node) === 'console' && !isKey(node, parent) ? 'console' : undefined),
    allowed: nowhere,
    instead: 'log through the Logger handed in; the command line writes through Program',
  },
  {
    find: (node) => findMember(node, ['process.exit', 'process.abort']),
    allowed: ({ room }) => room === 'main',
    instead: 'return an exit code or throw; only main.ts ends the process',
  },
  {
    find: (node) => (node.type === 'ExportDefaultDeclaration' ? 'a default export' : undefined),
    allowed: nowhere,
    instead: 'export it by name: a name is found by search',
  },
  {
    find: (node) => (node.type === 'ExportAllDeclaration' ? 'export *' : undefined),
    allowed: nowhere,
    instead: 'name what leaves the file; a door lists what is behind it',
  },
];

export function refuseBanned(sources: readonly Source[]): readonly Refusal[] {
  return sources.flatMap((source) =>
    BANS.filter(({ allowed }) => !allowed(source)).flatMap(({ find, instead }) =>
      source.nodes.flatMap(({ node, parent }) => {
        const what = find(node, parent);
        return what === undefined ? [] : [{ file: source.path, line: source.lineOf(node), what, instead }];
      }),
    ),
  );
}

/** Comments that switch the compiler off. */
export function refuseSuppressions(sources: readonly Source[]): readonly Refusal[] {
  return sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = /@ts-(ignore|nocheck)\b/.exec(line);
      if (found === null || !/^\s*(\/\/|\/?\*)/.test(line)) return [];
      return [{ file: path, line: index + 1, what: found[0], instead: 'make the types say what is true' }];
    }),
  );
}

function findName(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  names: readonly string[],
): string | undefined {
  const name = nameOf(node);
  return name !== undefined && names.includes(name) && !isKey(node, parent) ? name : undefined;
}

/** `object.property`, also where it is passed on without being called, and through globalThis. */
function findMember(node: SyntaxNode, names: readonly string[]): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const owner =
    isNode(node.object) && node.object.type === 'MemberExpression'
      ? nameOf(node.object.property)
      : nameOf(node.object);
  const written = `${owner}.${nameOf(node.property)}`;
  return names.includes(written) ? written : undefined;
}

/** Names of somebody else's fields: `clock.setTimeout`, `{ console: … }`. */
function isKey(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent.computed === true) return false;
  if (parent.type === 'MemberExpression')
    return parent.property === node && nameOf(parent.object) !== 'globalThis';
  return parent.key === node && parent.shorthand !== true;
}

function nameOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' && typeof value.name === 'string'
    ? value.name
    : undefined;
}

function literalSource(node: SyntaxNode): string | undefined {
  return isNode(node.source) && typeof node.source.value === 'string' ? node.source.value : undefined;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
