import { isNode, type Refusal, type Source, type SyntaxNode } from './source.ts';

/**
 * How many `any`, `!` and casts each room still has: a ratchet, it only goes down. Rooms that are not named have none;
 * cri/ and manifest/ stand at borders where what comes in has no type yet.
 */
const ALLOWED: Readonly<Record<string, number>> = { cri: 6, manifest: 1 };

/** Brands are made of plain strings here and nowhere else. */
const BRANDS = 'src/pod/identity.ts';

export function refuseCasts(sources: readonly Source[]): readonly Refusal[] {
  return [...countCasts(sources)].flatMap(([room, places]) => {
    const allowed = ALLOWED[room] ?? 0;
    if (places.length <= allowed) return [];
    const what = `${places.length} of any, ! and casts, ${allowed} allowed: ${places.join(', ')}`;
    return [
      {
        file: `src/${room}`,
        what,
        instead:
          'narrow with a check, a type guard or a discriminated union; satisfies and as const are free',
      },
    ];
  });
}

/** Rooms that have fewer than they may: the number in this file can go down. */
export function describeSlack(sources: readonly Source[]): readonly string[] {
  const counts = countCasts(sources);
  return Object.entries(ALLOWED).flatMap(([room, allowed]) => {
    const actual = counts.get(room)?.length ?? 0;
    return actual < allowed ? [`test/tidy/casts.ts: ${room} has ${actual} casts; lower its ${allowed}`] : [];
  });
}

function countCasts(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const source of sources) {
    if (source.path === BRANDS) continue;
    for (const { node } of source.nodes) {
      const kind = castKind(node);
      if (kind === undefined) continue;
      const list = places.get(source.room) ?? [];
      places.set(source.room, list);
      list.push(`${source.path}:${source.lineOf(node)} ${kind}`);
    }
  }
  return places;
}

function castKind(node: SyntaxNode): string | undefined {
  if (node.type === 'TSAnyKeyword') return 'any';
  if (node.type === 'TSNonNullExpression') return '!';
  if (node.type === 'TSTypeAssertion') return 'cast';
  return node.type === 'TSAsExpression' && !isConst(node.typeAnnotation) ? 'as' : undefined;
}

function isConst(type: unknown): boolean {
  return isNode(type) && isNode(type.typeName) && type.typeName.name === 'const';
}
