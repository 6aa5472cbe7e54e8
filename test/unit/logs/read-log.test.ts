import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/base/index.ts';
import { checkLog } from '../../../src/logs/index.ts';
import { entry, LogWriter, type Reading, slowClock } from './log-writer.ts';

/** Only a broken program outlasts it. */
const PATIENT = { timeout: 10_000 };

const opened: LogWriter[] = [];

async function started(log?: string): Promise<LogWriter> {
  const writer = await LogWriter.start(log);
  opened.push(writer);
  return writer;
}

afterEach(async () => {
  for (const writer of opened.splice(0)) {
    expect(openIn(writer.root)).toEqual([]);
    expect(writer.listeners).toBe(0);
    await writer.remove();
  }
});

/** What this process has open below a directory, watches included. */
function openIn(root: string): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(root) ? [target] : [];
    } catch {
      return [];
    }
  });
}

async function until(reading: Reading, text: string): Promise<void> {
  await vi.waitFor(() => expect(reading.text()).toBe(text), { timeout: 30_000, interval: 5 });
}

function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}

function asLog(lines: readonly string[]): string {
  return lines.map((line) => entry(line)).join('');
}

describe('without following', () => {
  test('the file as it is, though its instance goes on', async () => {
    const writer = await started(asLog(['a', 'b']));
    const reading = writer.read();
    await reading.ended;
    expect(reading.text()).toBe('a\nb\n');
  });

  test('the end of it, and never of a rotated one', async () => {
    const writer = await started(asLog(['a', 'b']));
    await writer.rename();
    await writer.reopen(asLog(['c', 'd']));
    const [two, five] = [writer.read({ tailLines: 1 }), writer.read({ tailLines: 5 })];
    await Promise.all([two.ended, five.ended]);
    expect([two.text(), five.text()]).toEqual(['d\n', 'c\nd\n']);
  });

  test('a file that is between two names is waited for', async () => {
    const writer = await started(asLog(['a']));
    await writer.rename();
    const reading = writer.read();
    setTimeout(() => void writer.reopen(asLog(['b'])), 120);
    await reading.ended;
    expect(reading.text()).toBe('b\n');
  });
});

describe('following', () => {
  test('what is written comes, until the instance has ended and all is told', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read({ follow: true });
    await until(reading, 'a\n');
    await writer.append(entry('b'));
    await until(reading, 'a\nb\n');
    await writer.append(entry('c', 'P'));
    await until(reading, 'a\nb\nc');
    await writer.append(entry('d'));
    writer.end();
    await reading.ended;
    expect(reading.text()).toBe('a\nb\ncd\n');
  });

  test('of one that has ended, what is there', async () => {
    const writer = await started(asLog(['a', 'b']));
    writer.end();
    const reading = writer.read({ follow: true, tailLines: 1 });
    await reading.ended;
    expect(reading.text()).toBe('b\n');
  });

  test('what is on its way when the instance ends is waited for', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read({ follow: true }, { clock: slowClock });
    await until(reading, 'a\n');
    writer.end();
    setTimeout(() => void writer.append(entry('last words')), 40);
    await reading.ended;
    expect(reading.text()).toBe('a\nlast words\n');
  });

  test('from the end on', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read({ follow: true, tailLines: 0 });
    await vi.waitFor(() => expect(openIn(writer.root)).toContain(writer.path), PATIENT);
    await writer.append(entry('b'));
    await until(reading, 'b\n');
    writer.end();
    await reading.ended;
  });

  test('ends at its limit', async () => {
    const writer = await started(asLog(['abc']));
    const reading = writer.read({ follow: true, limitBytes: 2 });
    await reading.ended;
    expect(reading.text()).toBe('ab');
  });

  test('what is said within a moment is told at once', async () => {
    const writer = await started();
    const sizes: number[] = [];
    const write = async ({ length }: Uint8Array): Promise<void> => void sizes.push(length);
    const reading = writer.read({ follow: true }, { clock: slowClock, write });
    await vi.waitFor(() => expect(openIn(writer.root)).toContain(writer.path), PATIENT);
    for (const line of numbered(0, 1_000)) await writer.append(entry(line));
    writer.end();
    await reading.ended;
    expect(reading.text()).toBe(
      numbered(0, 1_000)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(sizes.length).toBeLessThan(500);
  });
});

describe('over rotations', () => {
  test('the old file is read to its end, also what the runtime writes to it after the rename', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read({ follow: true });
    await until(reading, 'a\n');
    const old = await writer.rename();
    await writer.append(entry('b'), old);
    await writer.reopen();
    await writer.append(entry('c'), old);
    await writer.append(entry('d'));
    await until(reading, 'a\nb\nc\nd\n');
    writer.end();
    await reading.ended;
  });

  test('what the runtime still writes to the old file, long after it has made the new one, comes before that', async () => {
    const writer = await started(entry('first'));
    const reading = writer.read({ follow: true }, { clock: slowClock });
    await until(reading, 'first\n');
    const old = await writer.rename();
    await writer.reopen(entry('new'));
    for (const line of numbered(0, 8)) {
      await writer.append(entry(line), old);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await until(reading, `first\n${numbered(0, 8).join('\n')}\nnew\n`);
    writer.end();
    await reading.ended;
  });

  test('half a dozen of them lose and repeat nothing', async () => {
    const writer = await started();
    const reading = writer.read({ follow: true });
    const lines: string[] = [];
    for (let rotation = 0; rotation < 6; rotation += 1) {
      const more = numbered(lines.length, 37);
      await writer.append(asLog(more));
      lines.push(...more);
      await until(reading, lines.map((line) => `${line}\n`).join(''));
      await unlink(await writer.rename());
      await writer.reopen();
    }
    writer.end();
    await reading.ended;
    expect(reading.text()).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  test('who reads slower than the log rotates gets what was removed meanwhile', async () => {
    const writer = await started(asLog(numbered(0, 10)));
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const reading = writer.read({ follow: true }, { write: () => gate });
    await vi.waitFor(() => expect(reading.text()).not.toBe(''), PATIENT);
    for (let rotation = 1; rotation <= 4; rotation += 1) {
      const old = await writer.rename();
      await writer.reopen(asLog(numbered(rotation * 10, 10)));
      await vi.waitFor(() => expect(openIn(writer.root)).toContain(writer.path), PATIENT);
      await unlink(old);
    }
    go();
    writer.end();
    await reading.ended;
    expect(reading.text()).toBe(
      numbered(0, 50)
        .map((line) => `${line}\n`)
        .join(''),
    );
  });

  test('but holds few files for it: what was removed before those is passed over', async () => {
    const writer = await started(asLog(['first']));
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const reading = writer.read({ follow: true }, { write: () => gate });
    await vi.waitFor(() => expect(reading.text()).not.toBe(''), PATIENT);
    for (let rotation = 1; rotation <= 9; rotation += 1) {
      await unlink(await writer.rename());
      await writer.reopen(entry(String(rotation)));
      await vi.waitFor(() => expect(openIn(writer.root)).toContain(writer.path), PATIENT);
    }
    const held = (): number => openIn(writer.directory).filter((path) => path.startsWith(writer.path)).length;
    await vi.waitFor(() => expect(held()).toBe(6), PATIENT);
    go();
    writer.end();
    await reading.ended;
    expect(reading.text()).toBe('first\n5\n6\n7\n8\n9\n');
  });
});

describe('a reader that leaves', () => {
  test('leaves nothing behind while it waits', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read({ follow: true });
    await until(reading, 'a\n');
    expect(writer.listeners).toBe(1);
    reading.abort();
    await reading.ended;
  });

  test('nor where it cannot be told any more', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read(
      { follow: true },
      {
        write: async () => {
          throw new Error('the client is gone');
        },
      },
    );
    await expect(reading.ended).rejects.toThrow('the client is gone');
  });

  test('nor where it never began', async () => {
    const writer = await started(asLog(['a']));
    const reading = writer.read({ follow: true });
    reading.abort();
    await reading.ended;
  });
});

describe('what is no log is refused', () => {
  test('a file that is missing, and stays so', async () => {
    const writer = await started();
    await rm(writer.path);
    await expect(checkLog(writer.place, systemClock)).rejects.toThrow('there is no log 0.log');
    await expect(writer.read().ended).rejects.toThrow('there is no log 0.log');
  });

  test('a directory that is missing', async () => {
    const writer = await started();
    await rm(writer.place.directory, { recursive: true });
    await expect(checkLog(writer.place, systemClock)).rejects.toThrow('there is no log 0.log');
  });

  test.each(['the file', "the container's directory", "the pod's directory"])(
    'a link in place of %s',
    async (what) => {
      const writer = await started();
      const victim = join(writer.root, 'elsewhere');
      await mkdir(join(victim, 'app'), { recursive: true });
      await writeFile(join(victim, 'app/0.log'), entry('secret'));
      await writeFile(join(victim, '0.log'), entry('secret'));
      const planted = { 'the file': writer.path, "the container's directory": writer.directory }[what];
      const place = planted ?? writer.place.directory;
      await rm(place, { recursive: true });
      const target =
        what === 'the file'
          ? join(victim, '0.log')
          : what.startsWith('the pod')
            ? victim
            : join(victim, 'app');
      await symlink(target, place);
      const reading = writer.read();
      await expect(reading.ended).rejects.toThrow();
      await expect(checkLog(writer.place, systemClock)).rejects.toThrow();
      expect(reading.text()).toBe('');
    },
  );

  test('a link that takes the name while the log is followed', async () => {
    const writer = await started(entry('a'));
    const reading = writer.read({ follow: true });
    await until(reading, 'a\n');
    await writeFile(join(writer.root, 'victim'), entry('secret'));
    await writer.rename();
    await symlink(join(writer.root, 'victim'), writer.path);
    await expect(reading.ended).rejects.toThrow('0.log is no regular file');
    expect(reading.text()).toBe('a\n');
  });

  test('a file that was cut off ends no one who follows it', async () => {
    const writer = await started(asLog(['a', 'b']));
    const reading = writer.read({ follow: true });
    await until(reading, 'a\nb\n');
    await truncate(writer.path);
    writer.end();
    await reading.ended;
    expect(reading.text()).toBe('a\nb\n');
  });
});

test('a pod whose directory is moved away is read to its end', async () => {
  const writer = await started(entry('a'));
  const reading = writer.read({ follow: true });
  await until(reading, 'a\n');
  const moved = join(dirname(writer.place.directory), 'moved');
  await rename(writer.place.directory, moved);
  await writer.append(entry('b'), join(moved, 'app/0.log'));
  writer.end();
  await reading.ended;
  expect(reading.text()).toBe('a\nb\n');
});
