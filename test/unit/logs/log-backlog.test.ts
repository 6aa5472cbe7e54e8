import { readdirSync, readlinkSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { LogRotation } from '../../../src/logs/index.ts';
import { openLogDirectory } from '../../../src/logs/log-directory.ts';
import { LogFiles } from '../../../src/logs/log-files.ts';
import { asContainerId, asPodUid } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { entry, LogWriter } from './log-writer.ts';

/** Of each file: more than is read at once, so that a file is left while more of it is to come. */
const LINES = 4_000;

let writer: LogWriter;

beforeEach(async () => {
  writer = await LogWriter.start(fileOf(0));
});
afterEach(async () => {
  expect(openFiles()).toEqual([]);
  await writer.remove();
});

function lineOf(file: number, line: number): string {
  return `file ${file} line ${line} ${'x'.repeat(30)}`;
}

function fileOf(file: number): string {
  return Array.from({ length: LINES }, (_, line) => entry(lineOf(file, line))).join('');
}

function textOf(...files: readonly number[]): string {
  return files
    .flatMap((file) => Array.from({ length: LINES }, (_, line) => `${lineOf(file, line)}\n`))
    .join('');
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Of the log's files, the ones this process has open. */
function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(writer.path) ? [target] : [];
    } catch {
      return [];
    }
  });
}

/** Rotates as the daemon does, all but the newest compressed, and begins each new file with its number. */
async function rotate(times: number, maxFiles: number, seen?: () => void): Promise<void> {
  let file = 0;
  const reopen = (): Promise<void> => writer.reopen(fileOf(file));
  const ports = { clock: new VirtualClock(), logger: silentLogger, reopen };
  const rotation = new LogRotation(ports, { maxBytes: 1, maxFiles });
  const log = {
    ...{ id: asContainerId('c'), uid: asPodUid('uid'), namespace: 'default', pod: 'web' },
    ...{ container: 'app', attempt: 0, running: true, directory: writer.place.directory },
  };
  for (file = 1; file <= times; file += 1) {
    await rotation.look([log], new AbortController().signal);
    if (seen !== undefined) await vi.waitFor(seen, { timeout: 10_000, interval: 2 });
  }
}

/** A reader that is told nothing more until it may go on. */
function stuckReader(): { readonly ended: Promise<void>; readonly text: () => string; go(): void } {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const reading = writer.read({ follow: true }, { write: () => gate });
  return { ended: reading.ended, text: reading.text, go: () => go() };
}

const seen = (): void => expect(openFiles()).toContain(writer.path);

test('who is twenty rotations behind loses nothing that is on disk, compressed or not, and holds few files', async () => {
  const reader = stuckReader();
  await vi.waitFor(() => expect(reader.text()).not.toBe(''), { timeout: 10_000 });
  await rotate(20, 25, seen);
  const names = await readdir(writer.directory);
  expect(names.filter((name) => name.endsWith('.gz'))).toHaveLength(19);
  await vi.waitFor(() => expect(openFiles()).toHaveLength(6), { timeout: 10_000 });
  writer.end();
  reader.go();
  await reader.ended;
  expect(reader.text()).toBe(textOf(...numbers(0, 20)));
});

test('nor where nothing of it was compressed', async () => {
  const reader = stuckReader();
  await vi.waitFor(() => expect(reader.text()).not.toBe(''), { timeout: 10_000 });
  for (const file of numbers(1, 20)) {
    await writer.rename();
    await writer.reopen(fileOf(file));
    await vi.waitFor(seen, { timeout: 10_000, interval: 2 });
  }
  writer.end();
  reader.go();
  await reader.ended;
  expect(reader.text()).toBe(textOf(...numbers(0, 20)));
});

test('what rotation removed before is passed over, and nothing else', async () => {
  const reader = stuckReader();
  await vi.waitFor(() => expect(reader.text()).not.toBe(''), { timeout: 10_000 });
  await rotate(20, 9, seen);
  writer.end();
  reader.go();
  await reader.ended;
  expect(reader.text()).toBe(textOf(0, ...numbers(12, 20)));
});

test('rotation goes on while the reader catches up: files are compressed and removed while they are read', async () => {
  const reader = stuckReader();
  await vi.waitFor(() => expect(reader.text()).not.toBe(''), { timeout: 10_000 });
  let rotations = 0;
  await rotate(24, 40, () => {
    rotations += 1;
    if (rotations === 12) reader.go();
  });
  writer.end();
  await reader.ended;
  expect(reader.text()).toBe(textOf(...numbers(0, 24)));
});

test('who leaves while a compressed file is read leaves nothing open', async () => {
  let told = '';
  const reading = writer.read(
    { follow: true },
    {
      write: async (text) => {
        if (told === '') await rotate(8, 25, seen);
        told = Buffer.from(text).toString();
        if (told.includes('file 2 line')) reading.abort();
      },
    },
  );
  await reading.ended;
  expect(told).toContain('file 2 line');
});

test('a compressed file that is damaged ends the reading aloud', async () => {
  const reader = stuckReader();
  await vi.waitFor(() => expect(reader.text()).not.toBe(''), { timeout: 10_000 });
  await rotate(8, 25, seen);
  const packed = (await readdir(writer.directory)).filter((name) => name.endsWith('.gz')).sort();
  const third = join(writer.directory, packed[2] ?? '');
  await truncate(third, 1000);
  reader.go();
  await expect(reader.ended).rejects.toThrow('unexpected end of file');
});

/** What is read of the files one after the other, as what they begin with. */
async function beginnings(files: LogFiles): Promise<readonly string[]> {
  const found: string[] = [];
  for (let file = files.current; file !== undefined; file = await files.advance()) {
    const room = Buffer.alloc(200);
    const bytes = await file.read(room, 0);
    found.push(/file \d+ line \d+/.exec(room.toString('latin1', 0, bytes))?.[0] ?? '');
  }
  return found;
}

async function withFiles(use: (files: LogFiles) => Promise<void>): Promise<void> {
  const held = await openLogDirectory(writer.place);
  if (held === undefined) throw new Error('the writer has made it');
  const files = new LogFiles(held, writer.place.file);
  try {
    await use(files);
  } finally {
    await files.close();
    await held.close();
  }
}

test('a reader that saw none of the rotations goes on behind what it has read', async () => {
  await withFiles(async (files) => {
    await files.look();
    await rotate(8, 25);
    await files.look();
    expect(await beginnings(files)).toEqual(numbers(0, 8).map((file) => `file ${file} line 0`));
  });
});

test('nor is a file left out where that was removed meanwhile', async () => {
  await withFiles(async (files) => {
    await files.look();
    await rotate(8, 5);
    await files.look();
    expect(await beginnings(files)).toEqual([0, 4, 5, 6, 7, 8].map((file) => `file ${file} line 0`));
  });
});

test('a log that was rotated before anybody looked is read from the file in use on', async () => {
  await rotate(3, 5);
  await withFiles(async (files) => {
    await files.look();
    expect(await beginnings(files)).toEqual(['file 3 line 0']);
  });
});
