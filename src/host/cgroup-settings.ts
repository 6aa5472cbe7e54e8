import type { PodCgroup, QosClass } from '../pod/index.ts';

/** One value in a file of a cgroup's directory, in the hierarchy that has this controller. */
export interface Setting {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
}

const MIN_SHARES = 2;
const MAX_SHARES = 262_144;

/**
 * A pod's limits as the kernel takes them. `made` says that the cgroup is new: otherwise a limit that is absent now is lifted, since
 * an earlier version of the pod may have set it.
 */
export function podSettings(cgroup: PodCgroup, version: 1 | 2, made: boolean): readonly Setting[] {
  return [
    sharesSetting(cgroup.cpuShares, version),
    ...(made && cgroup.cpuQuotaUs === undefined ? [] : quotaSettings(cgroup, version)),
    ...(made && cgroup.memoryLimitBytes === undefined ? [] : [memorySetting(cgroup, version)]),
    ...Object.entries(cgroup.hugepageLimits ?? {}).map(([size, bytes]): Setting => {
      const file = version === 1 ? `hugetlb.${size}.limit_in_bytes` : `hugetlb.${size}.max`;
      return { controller: 'hugetlb', file, value: String(bytes) };
    }),
  ];
}

/** Version 2 knows weights from 1 to 10000 instead (runc: ConvertCPUSharesToCgroupV2Value). */
export function sharesSetting(shares: number, version: 1 | 2): Setting {
  const valid = Math.min(Math.max(shares, MIN_SHARES), MAX_SHARES);
  if (version === 1) return { controller: 'cpu', file: 'cpu.shares', value: String(valid) };
  return { controller: 'cpu', file: 'cpu.weight', value: String(weightOf(valid)) };
}

/** The shares that stand in a cgroup's file, as near as the weight tells. */
export function sharesIn(value: string, version: 1 | 2): number {
  const number = Number(value.trim());
  if (version === 1) return number;
  return Math.ceil(((number - 1) * (MAX_SHARES - MIN_SHARES)) / 9999) + MIN_SHARES;
}

export const podsCgroup = '/kubepods';

/** Where the pods of a class are. */
export const qosCgroups: Readonly<Record<QosClass, string>> = {
  Guaranteed: podsCgroup,
  Burstable: `${podsCgroup}/burstable`,
  BestEffort: `${podsCgroup}/besteffort`,
};

function weightOf(shares: number): number {
  return 1 + Math.floor(((shares - MIN_SHARES) * 9999) / (MAX_SHARES - MIN_SHARES));
}

/** The period first: a quota is judged by it. */
function quotaSettings({ cpuQuotaUs, cpuPeriodUs = 100_000 }: PodCgroup, version: 1 | 2): readonly Setting[] {
  const controller = 'cpu';
  if (version === 2) return [{ controller, file: 'cpu.max', value: `${cpuQuotaUs ?? 'max'} ${cpuPeriodUs}` }];
  return [
    { controller, file: 'cpu.cfs_period_us', value: String(cpuPeriodUs) },
    { controller, file: 'cpu.cfs_quota_us', value: String(cpuQuotaUs ?? -1) },
  ];
}

function memorySetting({ memoryLimitBytes }: PodCgroup, version: 1 | 2): Setting {
  const controller = 'memory';
  return version === 1
    ? { controller, file: 'memory.limit_in_bytes', value: String(memoryLimitBytes ?? -1) }
    : { controller, file: 'memory.max', value: String(memoryLimitBytes ?? 'max') };
}
