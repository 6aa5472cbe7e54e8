import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMachineUsage } from '../../../src/host/index.ts';

const STAT = `cpu  1000 20 300 90000 4000 5 60 700 80 9
cpu0 1000 20 300 90000 4000 5 60 700 80 9
intr 12345
btime 1764000000
`;
const MEMINFO = `MemTotal:        1000 kB
MemFree:          100 kB
Inactive:         500 kB
Inactive(anon):   300 kB
Inactive(file):   200 kB
`;

test('busy time is all but idle and waiting; memory is what is neither free nor an idle cache', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tinylet-machine-usage-'));
  await mkdir(join(root, 'proc'));
  await writeFile(join(root, 'proc/stat'), STAT);
  await writeFile(join(root, 'proc/meminfo'), MEMINFO);
  try {
    expect(await readMachineUsage(root)).toEqual({
      cpuNanoSeconds: (1000 + 20 + 300 + 5 + 60) * 10_000_000,
      memoryBytes: (1000 - 100 - 200) * 1024,
      usageBytes: (1000 - 100) * 1024,
      totalBytes: 1000 * 1024,
      bootedAtMs: 1_764_000_000_000,
    });
  } finally {
    await rm(root, { recursive: true });
  }
});

test('of this machine', async () => {
  const { cpuNanoSeconds, memoryBytes } = await readMachineUsage();
  expect(cpuNanoSeconds).toBeGreaterThan(0);
  expect(memoryBytes).toBeGreaterThan(2 ** 20);
});

test('a machine that does not tell is a failure', async () => {
  await expect(readMachineUsage('/nowhere')).rejects.toThrow('ENOENT');
});
