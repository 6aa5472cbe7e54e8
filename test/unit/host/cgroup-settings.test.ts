import { describe, expect, test } from 'vitest';
import { podSettings, sharesIn, sharesSetting } from '../../../src/host/cgroup-settings.ts';
import type { PodCgroup } from '../../../src/pod/index.ts';

const base: PodCgroup = { path: '/kubepods/burstable/poda', qos: 'Burstable', cpuShares: 512 };

/** As `file=value`, in the order they are written. */
function written(changes: Partial<PodCgroup>, version: 1 | 2, made = true): readonly string[] {
  return podSettings({ ...base, ...changes }, version, made).map(({ file, value }) => `${file}=${value}`);
}

test.each<[string, Partial<PodCgroup>, readonly string[], readonly string[]]>([
  ['shares alone', {}, ['cpu.shares=512'], ['cpu.weight=20']],
  [
    'a quota',
    { cpuQuotaUs: 50_000, cpuPeriodUs: 100_000 },
    ['cpu.shares=512', 'cpu.cfs_period_us=100000', 'cpu.cfs_quota_us=50000'],
    ['cpu.weight=20', 'cpu.max=50000 100000'],
  ],
  [
    'memory',
    { memoryLimitBytes: 2 ** 40 },
    ['cpu.shares=512', 'memory.limit_in_bytes=1099511627776'],
    ['cpu.weight=20', 'memory.max=1099511627776'],
  ],
  [
    'huge pages',
    { hugepageLimits: { '2MB': 4_194_304, '1GB': 0 } },
    ['cpu.shares=512', 'hugetlb.2MB.limit_in_bytes=4194304', 'hugetlb.1GB.limit_in_bytes=0'],
    ['cpu.weight=20', 'hugetlb.2MB.max=4194304', 'hugetlb.1GB.max=0'],
  ],
])('%s, on version 1 and 2', (_, changes, version1, version2) => {
  expect([written(changes, 1), written(changes, 2)]).toEqual([version1, version2]);
});

test('limits that an existing cgroup may have from before are lifted', () => {
  expect(written({}, 1, false)).toEqual([
    'cpu.shares=512',
    'cpu.cfs_period_us=100000',
    'cpu.cfs_quota_us=-1',
    'memory.limit_in_bytes=-1',
  ]);
  expect(written({}, 2, false)).toEqual(['cpu.weight=20', 'cpu.max=max 100000', 'memory.max=max']);
});

describe('shares', () => {
  test.each([
    [2, '2', '1'],
    [0, '2', '1'],
    [102, '102', '4'],
    [1024, '1024', '39'],
    [262_144, '262144', '10000'],
    [1_000_000, '262144', '10000'],
  ])('%i is %s on version 1 and %s on version 2', (shares, version1, version2) => {
    expect([sharesSetting(shares, 1).value, sharesSetting(shares, 2).value]).toEqual([version1, version2]);
  });

  test.each([2, 102, 1024, 20_000, 262_144])('%i can be told again from what was written', (shares) => {
    expect(sharesIn(`${sharesSetting(shares, 1).value}\n`, 1)).toBe(shares);
    const weight = sharesSetting(shares, 2).value;
    expect(sharesSetting(sharesIn(weight, 2), 2).value).toBe(weight);
  });
});
