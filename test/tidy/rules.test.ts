import { describe, expect, test } from 'vitest';
import { refuseBanned, refuseSuppressions } from './bans.ts';
import { refuseCasts } from './casts.ts';
import { refuseCycles, refuseImports, refuseUnknownRooms } from './layers.ts';
import { refuseFocusAndSkips, refuseMachineTraces } from './leftovers.ts';
import { refuseFileNames, refuseRoomsWithoutHeader, refuseStrayFiles } from './names.ts';
import { refuseLongFiles, refuseLongFunctions, refuseManyParameters } from './shape.ts';
import { parseSource, type Refusal, type Source } from './source.ts';

type Rule = (sources: readonly Source[]) => readonly Refusal[];

/** What a rule says of one file. */
function judge(rule: Rule, path: string, text: string): readonly string[] {
  return rule([parseSource(path, text)]).map(({ line, what }) =>
    line === undefined ? what : `${line}: ${what}`,
  );
}

describe('imports', () => {
  test.each<[path: string, specifier: string]>([
    ['src/cri/port.ts', '../pod/index.ts'],
    ['src/status/report.ts', '../manifest/index.ts'],
    ['src/cli/commands/a.ts', '../flag.ts'],
    ['src/cli/commands/a.ts', '../../base/index.ts'],
    ['src/main.ts', './cli/index.ts'],
    ['src/main.ts', '../package.json'],
    ['src/cli/a.ts', 'yargs'],
    ['src/cli/a.ts', 'yargs/helpers'],
    ['src/cri/a.ts', '@grpc/grpc-js'],
    ['src/api/a.ts', 'node:http'],
  ])('%s may import %s', (path, specifier) => {
    expect(judge(refuseImports, path, `import { x } from '${specifier}';`)).toEqual([]);
  });

  test.each<[path: string, specifier: string, what: string]>([
    ['src/pod/a.ts', '../cri/index.ts', '1: pod imports cri, which is not below it'],
    ['src/cri/a.ts', '../manifest/index.ts', '1: cri imports manifest, which is not below it'],
    ['src/cli/a.ts', '../main.ts', '1: cli imports main, which is not below it'],
    ['src/api/a.ts', '../reconcile/index.ts', '1: api imports reconcile'],
    ['src/cli/a.ts', '../pod/identity.ts', '1: reaches into pod (src/pod/identity.ts)'],
    ['src/cli/a.ts', './index.ts', "1: imports its own room's index.ts"],
    ['src/cli/a.ts', '../../test/fakes/x.ts', '1: imports test/fakes/x.ts'],
    ['src/api/a.ts', 'express', '1: imports the package express'],
    ['src/api/a.ts', '@grpc/grpc-js', '1: imports @grpc/grpc-js outside cri, probes'],
  ])('%s may not import %s', (path, specifier, what) => {
    expect(judge(refuseImports, path, `import { x } from '${specifier}';`)).toEqual([what]);
    expect(judge(refuseImports, path, `import type { x } from '${specifier}';`)).toEqual([what]);
    expect(judge(refuseImports, path, `export { x } from '${specifier}';`)).toEqual([what]);
    expect(judge(refuseImports, path, `type X = import('${specifier}').X;`)).toEqual([what]);
    expect(judge(refuseImports, path, `const x = import('${specifier}');`)).toEqual([what]);
  });

  test('a room without a layer is refused', () => {
    expect(judge(refuseUnknownRooms, 'src/attic/a.ts', '')).toEqual(['has no layer']);
  });

  test('cycles are found through types, and shared imports are none', () => {
    const files = (last: string) => [
      parseSource('src/pod/a.ts', "import { b } from './b.ts'; import { c } from './c.ts';"),
      parseSource('src/pod/b.ts', "import { c } from './c.ts';"),
      parseSource('src/pod/c.ts', last),
    ];
    expect(refuseCycles(files(''))).toEqual([]);
    expect(refuseCycles(files("import type { A } from './a.ts';")).map(({ what }) => what)).toContain(
      'import cycle src/pod/a.ts → src/pod/b.ts → src/pod/c.ts → src/pod/a.ts',
    );
  });
});

describe('shape', () => {
  test('files end at 400 lines, functions at 70', () => {
    expect(judge(refuseLongFiles, 'src/pod/a.ts', '\n'.repeat(400))).toEqual([]);
    expect(judge(refuseLongFiles, 'src/pod/a.ts', '\n'.repeat(401))).toEqual(['401 lines, more than 400']);
    expect(judge(refuseLongFiles, 'src/pod/a.generated.ts', '\n'.repeat(401))).toEqual([]);
    const body = (lines: number): string => `const f = () => {${'\n'.repeat(lines - 1)}};`;
    expect(judge(refuseLongFunctions, 'src/pod/a.ts', body(70))).toEqual([]);
    expect(judge(refuseLongFunctions, 'src/pod/a.ts', body(71))).toEqual([
      '1: a function of 71 lines, more than 70',
    ]);
    expect(judge(refuseLongFunctions, 'src/pod/a.ts', `class A { f() {${'\n'.repeat(71)}} }`)).toHaveLength(
      1,
    );
  });

  test.each([
    ['function f(a, b, c, d) {}', 0],
    ['function f(this: X, a, b, c, d) {}', 0],
    ['function f(a, b, c, d, e) {}', 1],
    ['const f = (a, b, c, d, ...e) => a;', 1],
    ['class A { constructor(a, b, c, d, e) {} }', 1],
    ['interface A { f(a: 1, b: 1, c: 1, d: 1, e: 1): void }', 1],
    ['type F = (a: 1, b: 1, c: 1, d: 1, e: 1) => void;', 1],
  ])('%s', (text, refused) => {
    expect(judge(refuseManyParameters, 'src/pod/a.ts', text)).toHaveLength(refused);
  });
});

describe('bans', () => {
  test.each([
    ['setTimeout(f, 1);', 'setTimeout'],
    ['const later = setTimeout;', 'setTimeout'],
    ['globalThis.setInterval(f, 1);', 'setInterval'],
    ['const ports = { setTimeout };', 'setTimeout'],
    ['Date.now();', 'Date.now'],
    ['run(Date.now);', 'Date.now'],
    ['globalThis.Date.now();', 'Date.now'],
    ['new Date();', 'new Date()'],
    ['performance.now();', 'performance.now'],
    ['process.hrtime.bigint();', 'process.hrtime'],
    ["import { x } from 'node:timers/promises';", 'node:timers'],
    ['Math.random();', 'Math.random'],
    ["import { randomUUID } from 'node:crypto';", 'randomUUID'],
    ['console.log(1);', 'console'],
    ['process.exit(1);', 'process.exit'],
    ['export default 1;', 'a default export'],
    ["export * from './b.ts';", 'export *'],
  ])('%s', (text, what) => {
    expect(judge(refuseBanned, 'src/pod/a.ts', text)).toContain(`1: ${what}`);
  });

  test.each([
    ['clock.setTimeout(f); clock.now();'],
    ['const ports = { setTimeout: later, console: sink };'],
    ['interface Clock { setTimeout(f: () => void): void }'],
    ['new Date(ms).toISOString();'],
    ["'Date.now()'; // Date.now()"],
    ['process.exitCode = 1;'],
    ['export { a } from "./b.ts";'],
  ])('%s is fine', (text) => {
    expect(judge(refuseBanned, 'src/pod/a.ts', text)).toEqual([]);
  });

  test('base has time and chance, main the exit, nobody the console', () => {
    expect(judge(refuseBanned, 'src/base/clock.ts', 'setTimeout(f, Date.now() * Math.random());')).toEqual(
      [],
    );
    expect(judge(refuseBanned, 'src/main.ts', 'process.exit(1);')).toEqual([]);
    expect(judge(refuseBanned, 'src/main.ts', 'console.log(1);')).toEqual(['1: console']);
  });

  test('comments that switch the compiler off', () => {
    expect(judge(refuseSuppressions, 'src/pod/a.ts', '// @ts-ignore\nx;')).toEqual(['1: @ts-ignore']);
    expect(
      judge(refuseSuppressions, 'src/pod/a.ts', '// @ts-expect-error: proves the type refuses it\nx;'),
    ).toEqual([]);
  });
});

test.each([
  ['const a: any = b;', 1],
  ['a!.b;', 1],
  ['a as B;', 1],
  ['a as unknown as B;', 2],
  ['a as const; b satisfies C; a !== b; !a;', 0],
])('casts: %s counts %d', (text, count) => {
  const refusals = judge(refuseCasts, 'src/pod/a.ts', text);
  expect(refusals).toHaveLength(count === 0 ? 0 : 1);
  if (count > 0) expect(refusals[0]).toMatch(new RegExp(`^${count} of any, ! and casts, 0 allowed`));
  expect(judge(refuseCasts, 'src/pod/identity.ts', text)).toEqual([]);
});

describe('names', () => {
  test('a door begins with its header', () => {
    expect(judge(refuseRoomsWithoutHeader, 'src/pod/index.ts', '/**\n * pod: the nouns.\n */')).toEqual([]);
    expect(judge(refuseRoomsWithoutHeader, 'src/pod/index.ts', '// pod')).toEqual([
      'does not begin with its header',
    ]);
    expect(judge(refuseRoomsWithoutHeader, 'src/pod/a.ts', '')).toEqual(['is missing']);
    expect(judge(refuseRoomsWithoutHeader, 'src/main.ts', '')).toEqual([]);
  });

  test.each([
    ['src/pod/spec-hash.ts', []],
    ['src/cri/messages.generated.ts', []],
    ['test/unit/cli/usage.test.ts', []],
    ['src/pod/specHash.ts', ['is not kebab-case']],
    ['src/pod/utils.ts', ['"utils" says nothing']],
    ['src/pod/pod-manager.ts', ['"manager" says nothing']],
  ])('%s', (path, refusals) => {
    expect(judge(refuseFileNames, path, '')).toEqual(refusals);
  });

  test('only main.ts is outside the rooms', () => {
    expect(judge(refuseStrayFiles, 'src/main.ts', '')).toEqual([]);
    expect(judge(refuseStrayFiles, 'src/other.ts', '')).toEqual(['lies outside every room']);
  });
});

describe('tests and traces', () => {
  // Spelled apart, or this file would be refused for what it quotes.
  const only = 'on'.concat('ly');

  test.each([
    [`test.${only}('x', f);`, 1],
    [`describe.${only}.each([])('x', f);`, 1],
    ["test.skip('x', f);", 1],
    ["it.todo('x');", 1],
    ["// The runtime lacks it.\ntest.skip('x', f);", 0],
    ["test.skipIf(reason)('x', f);", 0],
    ['stream.skip(1); cursor.only;', 0],
  ])('%s', (text, refused) => {
    expect(judge(refuseFocusAndSkips, 'test/a.test.ts', text)).toHaveLength(refused);
  });

  test.each([
    ['a.ts', `'/${'work'}/x'`, 1],
    ['a.ts', `"/${'root'}/x"`, 1],
    ['a.ts', '.run/root/x "$dir"/root/x $dir/root/x ../work/x /workers/x', 0],
    ['docker/Dockerfile', `target=/${'root'}/.npm`, 0],
    ['package-lock.json', '"integrity": "sha512-x"', 0],
    ['package-lock.json', '"resolved": "https://elsewhere/a/-/a-1.tgz"', 1],
  ])('%s: %s', (path, text, refused) => {
    expect(refuseMachineTraces([{ path, text }])).toHaveLength(refused);
  });
});
