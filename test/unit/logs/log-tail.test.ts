import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filePodLogs, lastBytes } from '../../../src/logs/index.ts';

let directory = '';
let path = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-tail-'));
  path = join(directory, '0.log');
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A line of a log as the runtime writes it. */
function entry(text: string, flag: 'F' | 'P' = 'F', stream = 'stdout'): string {
  return `2026-01-02T12:00:00.123456789Z ${stream} ${flag} ${text}\n`;
}

const plenty = { lines: 80, bytes: 2_048 };

async function tailOf(text: string, limit = plenty): Promise<string> {
  await writeFile(path, text);
  return filePodLogs.tail(path, limit);
}

describe('the tail of a log is what the container wrote last', () => {
  test.each<[string, string, string]>([
    ['one line', entry('hello'), 'hello\n'],
    ['both streams', entry('out') + entry('err', 'F', 'stderr'), 'out\nerr\n'],
    ['spaces and empty lines', entry('  a b ') + entry(''), '  a b \n\n'],
    ['a long line in parts', entry('one ', 'P') + entry('two ', 'P') + entry('three'), 'one two three\n'],
    ['a line that never ended', entry('a') + entry('b', 'P'), 'a\nb'],
    ['a line that is still being written', `${entry('a')}2026-01-02T12:00:00Z stdout F ha`, 'a\n'],
    ['tags beside the flag', '2026-01-02T12:00:00Z stdout F:tag x\n', 'x\n'],
    ['what is no entry', `nonsense\n${entry('a')}`, 'a\n'],
    ['nothing', '', ''],
  ])('%s', async (_case, written, text) => {
    expect(await tailOf(written)).toBe(text);
  });

  test('at most so many lines', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => entry(String(index))).join('');
    expect(await tailOf(lines, { lines: 2, bytes: 2_048 })).toBe('3\n4\n');
    expect(await tailOf(`${lines}${entry('5', 'P')}`, { lines: 2, bytes: 2_048 })).toBe('4\n5');
  });

  test('at most so many bytes, from the end and between two characters', async () => {
    expect(await tailOf(entry('äöü'), { lines: 9, bytes: 4 })).toBe('ü\n');
    expect(await tailOf(entry('äöü'), { lines: 9, bytes: 5 })).toBe('öü\n');
  });

  test('of a large file without reading all of it', async () => {
    const lines = Array.from({ length: 6_000 }, (_, index) => entry(`line ${index}`)).join('');
    expect(lines.length).toBeGreaterThan(4 * 64 * 1024);
    expect(await tailOf(lines, { lines: 2, bytes: 2_048 })).toBe('line 5998\nline 5999\n');
  });

  test('where one character was cut by the edge of what is read', async () => {
    const text = await tailOf(entry('ä'.repeat(40_000)) + entry('end'));
    expect(text).toBe('end\n');
  });
});

describe('what is no log is empty', () => {
  test('a file that is missing, and a directory', async () => {
    expect(await filePodLogs.tail(join(directory, 'none'), plenty)).toBe('');
    expect(await filePodLogs.tail(directory, plenty)).toBe('');
  });

  test('a link is not followed', async () => {
    await writeFile(join(directory, 'secret'), entry('secret'));
    await symlink(join(directory, 'secret'), path);
    expect(await filePodLogs.tail(path, plenty)).toBe('');
  });

  test.each([
    ["the container's directory", 'pods/pod/app', 'elsewhere/app'],
    ["the pod's directory", 'pods/pod', 'elsewhere'],
  ])('nor is one in place of %s', async (_case, place, target) => {
    await mkdir(join(directory, 'elsewhere/app'), { recursive: true });
    await writeFile(join(directory, 'elsewhere/app/0.log'), entry('secret'));
    await mkdir(join(directory, dirname(place)), { recursive: true });
    await symlink(join(directory, target), join(directory, place));
    expect(await filePodLogs.tail(join(directory, 'pods/pod/app/0.log'), plenty)).toBe('');
  });

  test('a pipe that nobody writes to holds nobody up', async () => {
    await promisify(execFile)('mkfifo', [path]);
    expect(await filePodLogs.tail(path, plenty)).toBe('');
  });
});

describe('the last bytes of a text', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abc', 2, 'bc'],
    ['abc', 0, ''],
    ['aé', 2, 'é'],
    ['aé', 1, ''],
    ['a€b', 3, 'b'],
    ['a€b', 4, '€b'],
    ['😀!', 4, '!'],
    ['😀!', 5, '😀!'],
  ])('%j, %i of them', (text, limit, last) => {
    expect(lastBytes(text, limit)).toBe(last);
  });
});
