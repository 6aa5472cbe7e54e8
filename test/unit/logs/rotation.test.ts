import { execFile } from 'node:child_process';
import { chmod, link, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { openLogDirectory } from '../../../src/logs/log-directory.ts';
import { LoggingContainer } from './rotation-rig.ts';

let container: LoggingContainer;

beforeEach(async () => {
  container = await LoggingContainer.start();
});

afterEach(() => container.end());

/** The virtual clock stands at noon, UTC. */
const zone = process.env.TZ;
beforeEach(() => {
  process.env.TZ = 'UTC';
});
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe('a log that has reached its size is rotated', () => {
  test.each([
    [9, ['0.log']],
    [10, ['0.log', '0.log.20260101-120000']],
  ])('after %i lines of ten bytes, the limit being 100', async (count, names) => {
    await container.write(count);
    await container.look(container.rotation());
    expect(await container.names()).toEqual(names);
    expect(container.reopened).toBe(names.length - 1);
  });

  test('the steady state: one in use, one as it was rotated, the others compressed, and never more files', async () => {
    const rotation = container.rotation();
    for (let round = 0; round < 8; round += 1) {
      await container.write(10 + round);
      await container.look(rotation);
      await container.clock.advance(10_000);
    }
    await container.write(1);
    expect(await container.names()).toEqual([
      '0.log',
      '0.log.20260101-120040.gz',
      '0.log.20260101-120050.gz',
      '0.log.20260101-120100.gz',
      '0.log.20260101-120110',
    ]);
    expect(await container.kept()).toEqual(container.written.slice(-(1 + 17 + 16 + 15 + 14)));
    expect(container.logger.warnings).toEqual([]);
    expect(container.logger.told.at(-1)).toEqual({
      ...{
        level: 'info',
        message: 'log rotated',
        pod: 'default/web',
        uid: 'uid',
        container: 'app',
        attempt: 0,
      },
      ...{ file: '0.log.20260101-120110', removed: ['0.log.20260101-120030.gz'] },
    });
  });

  test('two files: the one in use and the last', async () => {
    const rotation = container.rotation({ maxFiles: 2 });
    for (let round = 0; round < 3; round += 1) {
      await container.write(10);
      await container.look(rotation);
    }
    expect(await container.names()).toEqual(['0.log', '0.log.20260101-120002']);
  });

  test('several rotations within one second keep all lines and their order', async () => {
    const rotation = container.rotation({ maxFiles: 9 });
    for (let round = 0; round < 6; round += 1) {
      await container.write(10);
      await container.look(rotation);
    }
    expect(await container.names()).toHaveLength(7);
    expect(await container.kept()).toEqual(container.written);
  });

  test('a clock that is set back drops no new line for an old one', async () => {
    const rotation = container.rotation({ maxFiles: 3 });
    for (let round = 0; round < 5; round += 1) {
      await container.write(10);
      await container.look(rotation);
      container.clock.jumpWallClock(-3_600_000);
    }
    expect(await container.kept()).toEqual(container.written.slice(-20));
  });

  test('a compressed log keeps mode and owner', async () => {
    await container.write(10);
    await chmod(container.path, 0o604);
    const rotation = container.rotation();
    await container.look(rotation);
    await container.write(10);
    await container.look(rotation);
    const { mode, uid, gid } = await stat(join(container.directory, '0.log.20260101-120000.gz'));
    expect({ mode: mode & 0o7777, uid, gid }).toEqual({
      mode: 0o604,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    });
  });

  test('what other instances logged is left alone', async () => {
    for (const name of ['1.log', '1.log.20250101-000000', '00.log', 'notes'])
      await writeFile(join(container.directory, name), '');
    await container.write(10);
    await container.look(container.rotation({ maxFiles: 2 }));
    expect(await container.names()).toEqual([
      '0.log',
      '0.log.20260101-120000',
      ...['00.log', '1.log', '1.log.20250101-000000', 'notes'],
    ]);
  });
});

describe('no log is touched', () => {
  test.each([
    ['of a container that does not run', { running: false }, 100],
    ['where the size is zero', {}, 0],
    ['where the size is negative', {}, -1],
  ])('%s', async (_case, changed, maxBytes) => {
    await container.write(10);
    await rename(container.path, `${container.path}.20200101-000000`);
    await container.look(container.rotation({ maxBytes }), changed);
    expect(await container.names()).toEqual(['0.log.20200101-000000']);
    expect(container.reopened).toBe(0);
  });
});

describe('a missing file of a running container', () => {
  test('is begun anew', async () => {
    await rm(container.path);
    await container.look(container.rotation());
    await container.write(1);
    expect(await container.lines('0.log')).toEqual(['line 0000']);
  });

  test('is not asked for again where the runtime has it elsewhere', async () => {
    let asked = 0;
    const rotation = container.rotation(
      {},
      {
        reopen: async () => {
          asked += 1;
        },
      },
    );
    await rm(container.path);
    await container.look(rotation);
    await container.look(rotation);
    expect(asked).toBe(1);
    expect(container.logger.told).toEqual([
      expect.objectContaining({ level: 'warn', message: 'log is not here: it is not rotated' }),
    ]);
    await writeFile(container.path, 'x'.repeat(100));
    await container.look(rotation);
    expect(asked).toBe(2);
    expect(await container.names()).toEqual(['0.log.20260101-120000']);
  });

  test('is asked for where the whole directory is gone, and its failure told once', async () => {
    await rm(container.log.directory, { recursive: true });
    const rotation = container.rotation();
    await container.look(rotation);
    await container.look(rotation);
    expect(container.reopened).toBe(2);
    expect(container.logger.warnings).toEqual([expect.stringContaining('log cannot be rotated: ENOENT')]);
  });
});

describe('where the runtime cannot be asked', () => {
  const refuse = async (): Promise<void> => {
    throw new TinyletError('CRI_UNAVAILABLE', 'no answer');
  };

  test('the file gets its name back, and loses nothing', async () => {
    const rotation = container.rotation({}, { reopen: refuse });
    await container.write(10);
    await container.look(rotation);
    await container.write(5);
    await container.look(rotation);
    expect(await container.names()).toEqual(['0.log']);
    expect(await container.kept()).toEqual(container.written);
    expect(container.logger.warnings).toEqual(['log cannot be rotated: no answer']);
    await container.look(container.rotation());
    await container.write(1);
    expect(await container.kept()).toEqual(container.written);
  });

  test('but did it all the same, both files stay', async () => {
    const late = async (): Promise<void> => {
      await container.reopen();
      await container.write(1);
      await refuse();
    };
    await container.write(10);
    await container.look(container.rotation({}, { reopen: late }));
    expect(await container.names()).toEqual(['0.log', '0.log.20260101-120000']);
    expect(await container.kept()).toEqual(container.written);
  });
});

test('a log that cannot be compressed is told of, and rotated all the same', async () => {
  const rotation = container.rotation(
    { maxFiles: 3 },
    {
      openDirectory: async (logs) => {
        const held = await openLogDirectory(logs);
        return held && { ...held, pack: () => Promise.reject(new Error('no space left on device')) };
      },
    },
  );
  for (let round = 0; round < 4; round += 1) {
    await container.write(10);
    await container.look(rotation);
  }
  expect(await container.names()).toEqual(['0.log', '0.log.20260101-120002', '0.log.20260101-120003']);
  expect(container.logger.warnings[0]).toBe('log cannot be compressed: no space left on device');
});

test('one that is to end stops in the middle and leaves nothing half done', async () => {
  const rotation = container.rotation();
  await container.write(10);
  await container.look(rotation);
  await container.write(10);
  const ending = new AbortController();
  const stopped = container.rotation(
    {},
    {
      openDirectory: async (logs) => {
        const held = await openLogDirectory(logs);
        return (
          held && {
            ...held,
            pack: (from, to, signal) => {
              const packing = held.pack(from, to, signal);
              ending.abort();
              return packing;
            },
          }
        );
      },
    },
  );
  await stopped.look([container.log], ending.signal);
  expect(await container.names()).toEqual(['0.log', '0.log.20260101-120000']);
  expect(container.reopened).toBe(1);
  expect(container.logger.warnings).toEqual([]);
});

test('what was removed while it was compressed does not come back', async () => {
  const rotation = container.rotation(
    {},
    {
      openDirectory: async (logs) => {
        const held = await openLogDirectory(logs);
        return (
          held && {
            ...held,
            pack: async (from, to, signal) => {
              await held.pack(from, to, signal);
              await rm(join(container.directory, from));
            },
          }
        );
      },
    },
  );
  for (let round = 0; round < 2; round += 1) {
    await container.write(10);
    await container.look(rotation);
  }
  expect(await container.names()).toEqual(['0.log', '0.log.20260101-120001']);
});

describe('nothing is followed out of the log directory', () => {
  let elsewhere = '';

  beforeEach(async () => {
    elsewhere = join(container.logDir, 'elsewhere');
    await mkdir(join(elsewhere, 'app'), { recursive: true });
    for (const path of [join(elsewhere, '0.log'), join(elsewhere, 'app', '0.log')])
      await writeFile(path, 'x'.repeat(200));
  });

  test.each([
    ['a log that is a link', () => container.path, () => join(elsewhere, '0.log'), 'is no regular file'],
    ["the container's directory", () => container.directory, () => elsewhere, 'ENOTDIR'],
    ["the pod's directory", () => container.log.directory, () => elsewhere, 'ENOTDIR'],
  ])('%s', async (_case, place, target, complaint) => {
    await rm(place(), { recursive: true });
    await symlink(target(), place());
    await container.look(container.rotation());
    expect((await readFile(join(elsewhere, '0.log'))).length).toBe(200);
    expect((await readFile(join(elsewhere, 'app', '0.log'))).length).toBe(200);
    expect(container.reopened).toBe(0);
    expect(container.logger.warnings).toEqual([expect.stringContaining(complaint)]);
  });

  test('a rotated log that is a link is neither read nor removed', async () => {
    const planted = join(container.directory, '0.log.20200101-000000');
    await symlink(join(elsewhere, '0.log'), planted);
    await container.write(10);
    await container.look(container.rotation());
    expect(await container.names()).toEqual(['0.log', '0.log.20200101-000000', '0.log.20260101-120000']);
  });

  test('a pipe in place of the log holds nobody up', async () => {
    await rm(container.path);
    await promisify(execFile)('mkfifo', [container.path]);
    await container.look(container.rotation());
    expect(container.logger.warnings).toEqual([expect.stringContaining('is no regular file')]);
  });

  test('names that lead elsewhere are refused', async () => {
    await container.look(container.rotation(), { container: '../elsewhere' });
    expect(container.reopened).toBe(0);
    expect(container.logger.warnings).toEqual([expect.stringContaining('is no file name')]);
  });
});

test('a second name of the file in use is dropped, not the file', async () => {
  await container.write(10);
  await link(container.path, `${container.path}.20200101-000000`);
  await container.look(container.rotation());
  expect(await container.names()).toEqual(['0.log', '0.log.20260101-120000']);
  expect(await container.kept()).toEqual(container.written);
});
