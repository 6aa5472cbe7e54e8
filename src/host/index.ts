/**
 * host: the machine that pods run on. Its facts (NodeProbe) and the pods' cgroups (PodCgroups). Reads /proc, /sys and /etc; writes
 * cgroups below `kubepods` and nothing else.
 */
export { readMachineInfo } from './machine-info.ts';
export { type MachineUsage, readMachineUsage } from './machine-usage.ts';
export { createNodeProbe, type NodeProbeOptions } from './node-probe.ts';
export { isOwnAddress } from './own-address.ts';
export { createPodCgroups, type PodCgroupsOptions } from './pod-cgroups.ts';
export { type PodUsage, readPodUsage } from './pod-usage.ts';
export type { NodeProbe, PodCgroups } from './ports.ts';
export { readSystemInfo, type SystemInfo } from './system-info.ts';
