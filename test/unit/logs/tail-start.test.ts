import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tailStart } from '../../../src/logs/tail-start.ts';

let path = '';

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'tinylet-tail-start-')), '0.log');
});

afterEach(async () => {
  await rm(join(path, '..'), { recursive: true, force: true });
});

function entry(text: string, flag: 'F' | 'P' = 'F'): string {
  return `2026-01-02T12:00:00.123456789Z stdout ${flag} ${text}\n`;
}

/** What is left of a log from where its tail begins. */
async function tailOf(log: string, lines: number): Promise<string> {
  await writeFile(path, log);
  const file = await open(path);
  try {
    return Buffer.from(log)
      .subarray(await tailStart(file, lines))
      .toString();
  } finally {
    await file.close();
  }
}

const [a, b, c] = [entry('a'), entry('b'), entry('c')];
const long = entry('one', 'P') + entry('two', 'P') + entry('three');
const torn = '2026-01-02T12:00:00Z stdout F to';

test.each<[string, string, number, string]>([
  ['one of three', a + b + c, 1, c],
  ['two of three', a + b + c, 2, b + c],
  ['all', a + b + c, 3, a + b + c],
  ['more than there are', a + b + c, 4, a + b + c],
  ['none', a + b + c, 0, ''],
  ['of nothing', '', 5, ''],
  ['a line of several entries is one', a + long, 1, long],
  ['and so it is before others', a + long + b, 2, long + b],
  ['a line that has not ended is one', a + b + entry('c', 'P'), 2, b + entry('c', 'P')],
  ['so is one that is still being written', a + b + torn, 2, b + torn],
  ['what is no entry is none', `${a}${b}nonsense\n${c}`, 2, `${b}nonsense\n${c}`],
])('%s', async (_case, log, lines, tail) => {
  expect(await tailOf(log, lines)).toBe(tail);
});

test('of a file of many blocks, wherever their borders fall', async () => {
  for (const width of [90, 91, 92, 93, 5_000]) {
    const entries = Array.from({ length: 200_000 / width + 2_000 / width }, (_, index) =>
      entry(String(index).padEnd(width)),
    );
    for (const lines of [1, 2, 15, 700, entries.length - 1, entries.length])
      expect(await tailOf(entries.join(''), lines)).toBe(entries.slice(-lines).join(''));
  }
});

test('of a line that is longer than a block', async () => {
  const huge = entry('x'.repeat(300_000));
  expect(await tailOf(a + huge + b, 1)).toBe(b);
  expect(await tailOf(a + huge + b, 2)).toBe(huge + b);
  expect(await tailOf(a + huge + b, 3)).toBe(a + huge + b);
});
