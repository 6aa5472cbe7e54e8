import { expect, test } from 'vitest';
import { refuseBanned, refuseSuppressions } from './tidy/bans.ts';
import { describeSlack, refuseCasts } from './tidy/casts.ts';
import { refuseCycles, refuseImports, refuseUnknownRooms } from './tidy/layers.ts';
import { refuseFocusAndSkips, refuseMachineTraces } from './tidy/leftovers.ts';
import { refuseFileNames, refuseRoomsWithoutHeader, refuseStrayFiles } from './tidy/names.ts';
import { describeSizes, refuseLongFiles, refuseLongFunctions, refuseManyParameters } from './tidy/shape.ts';
import { type Refusal, readSources, readTrackedFiles, type Source } from './tidy/source.ts';

/** The rules of ARCHITECTURE.md over the text of the program. Each refusal says what to do instead. */

const src = readSources('src');
const tests = readSources('test');

const RULES: readonly [
  name: string,
  sources: readonly Source[],
  rule: (sources: readonly Source[]) => readonly Refusal[],
][] = [
  ['imports point down, through the doors of rooms', src, refuseImports],
  ['every room has a layer', src, refuseUnknownRooms],
  ['no import cycles', src, refuseCycles],
  ['files are short', src, refuseLongFiles],
  ['functions are short', src, refuseLongFunctions],
  ['parameters are few', src, refuseManyParameters],
  ['time, chance, output and exit go through ports', src, refuseBanned],
  ['the compiler is never switched off', [...src, ...tests], refuseSuppressions],
  ['any, ! and casts only get fewer', src, refuseCasts],
  ['every room has a door with a header', src, refuseRoomsWithoutHeader],
  ['every file is in a room', src, refuseStrayFiles],
  ['file names say what is inside', [...src, ...tests], refuseFileNames],
  ['no test is focused, none skipped without a reason', tests, refuseFocusAndSkips],
];

test.each(RULES)('%s', (_, sources, rule) => {
  expect(render(rule(sources))).toBe('');
});

test('nothing names the machine it was written on', () => {
  expect(render(refuseMachineTraces(readTrackedFiles()))).toBe('');
});

test('sizes, to be looked at', () => {
  const lines = [describeSizes(src), ...describeSlack(src)];
  process.stdout.write(`${lines.join('\n')}\n`);
  expect(src.length).toBeGreaterThan(0);
});

function render(refusals: readonly Refusal[]): string {
  return refusals
    .map(
      ({ file, line, what, instead }) =>
        `${file}${line === undefined ? '' : `:${line}`}: ${what}\n    instead: ${instead}`,
    )
    .join('\n');
}
