/**
 * host: the machine that pods run on. Its facts (NodeProbe) and the pods' cgroups (PodCgroups). Reads /proc, /sys and /etc; writes
 * cgroups below `kubepods` and nothing else.
 */
export type { NodeProbe, PodCgroups } from './ports.ts';
