/** The machine and its settings, as far as what runs on it is made from them. Plain data; read by host/. */
export interface NodeFacts {
  readonly name: string;
  /** Addresses others reach this machine at, the primary one first; empty where it has none. */
  readonly hostIPs: readonly string[];
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** Size of the file system that holds the root directory. */
  readonly storageBytes: number;
  /** First two numbers of the kernel's version. */
  readonly kernel: readonly [major: number, minor: number];
  readonly cgroups: CgroupFacts;
  /** Page sizes as the runtime names them: `2MB`, `1GB`. */
  readonly hugepageSizes: readonly string[];
  readonly appArmor: boolean;
  readonly seLinux: boolean;
  /** The existing /sys/devices/system/cpu/cpu<N>/thermal_throttle, hidden from containers. */
  readonly thermalThrottlePaths: readonly string[];
  readonly resolvConf: ResolvConf;
  /** Text of the machine's /etc/hosts. */
  readonly etcHosts: string;
  readonly settings: NodeSettings;
}

export interface CgroupFacts {
  readonly version: 1 | 2;
  /** Whether the kernel counts swap: only then can a limit on it be set. */
  readonly swap: boolean;
  /** Whether this daemon sees the machine's own cgroup tree and may write to it: what pods' own cgroups need. */
  readonly shared: boolean;
}

export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** What the daemon was told and pods depend on. */
export interface NodeSettings {
  /** Names, or prefixes ending in `*`. */
  readonly allowedUnsafeSysctls: readonly string[];
  /** The domain of `<subdomain>.<namespace>.svc.<domain>`. */
  readonly clusterDomain: string;
  /** Where the profiles of `seccompProfile.localhostProfile` lie; absolute. */
  readonly seccompDir: string;
}

/** What the runtime is and can do, as it says itself. */
export interface RuntimeFacts {
  readonly name: string;
  readonly version: string;
  /** Undefined where the runtime does not tell. */
  readonly cgroupDriver: 'cgroupfs' | 'systemd' | undefined;
  /** What sandboxes are made from, where the runtime tells. */
  readonly sandboxImage?: string;
  readonly supplementalGroupsPolicy: boolean;
  /** By handler; `''` is the default one. Empty where the runtime does not tell. */
  readonly handlers: ReadonlyMap<string, HandlerFeatures>;
}

export interface HandlerFeatures {
  readonly recursiveReadOnlyMounts: boolean;
  readonly userNamespaces: boolean;
}
