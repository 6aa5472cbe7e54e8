import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/index.ts';
import { diskSpace } from '../../../src/volumes/index.ts';
import { notRoot, run } from './real.ts';

const MB = 2 ** 20;

describe.skipIf(notRoot)('the space of a file system', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tinylet-space-'));
    run('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory);
  });
  afterEach(() => {
    run('umount', directory);
    rmSync(directory, { recursive: true });
  });

  test('is that of where the path leads', async () => {
    const whole = await diskSpace(directory, { clock: systemClock });
    expect(whole).toEqual({
      ...{ capacityBytes: 4 * MB, availableBytes: 4 * MB, usedBytes: 0 },
      ...{ inodes: expect.any(Number), inodesFree: whole.inodes - 1 },
    });
    run('dd', 'if=/dev/zero', `of=${directory}/half`, 'bs=1M', 'count=2');
    symlinkSync(directory, join(directory, 'link'));
    const half = {
      ...whole,
      ...{ availableBytes: 2 * MB, usedBytes: 2 * MB, inodesFree: whole.inodesFree - 2 },
    };
    expect(await diskSpace(join(directory, 'link'), { clock: systemClock })).toEqual(half);
    // This process sees itself as any other's root would be seen.
    const runtimeRoot = `/proc/${process.pid}/root`;
    expect(await diskSpace(join(directory, 'link'), { clock: systemClock, runtimeRoot })).toEqual(half);
  });

  test('of what is not there is nobody knows what', async () => {
    await expect(diskSpace(join(directory, 'missing'), { clock: systemClock })).rejects.toThrow('ENOENT');
  });
});
