export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** The cgroup of one pod: its containers' parent. Values that are absent are left as the kernel has them. */
export interface PodCgroup {
  /** From the root of the cgroup tree, e.g. `/kubepods/burstable/pod<uid>`. */
  readonly path: string;
  readonly qos: QosClass;
  readonly cpuShares: number;
  /** Microseconds of `cpuPeriodUs`. */
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  readonly memoryLimitBytes?: number;
  /** Page size as the kernel names it (`2MB`) → bytes. */
  readonly hugepageLimits?: Readonly<Record<string, number>>;
}
