/**
 * standalone: tinylet's own containerd, for machines that have none to share.
 * In: a root directory and this host's programs. Out: the endpoint of a containerd that serves CRI, supervised; and, on
 * request, a machine on which nothing of it is left.
 * Invariants: at most one containerd per root directory, found again by pid and start time or by its configuration file;
 * it and its pods outlive tinylet; everything it owns lies under the root directory (and its socket); the system's own
 * containerd, and netfilter rules, links, cgroups that others use, are never touched.
 */
export { findPrivateContainerd } from './find-private-containerd.ts';
export { standaloneUnavailable } from './host.ts';
export { offersImage } from './images.ts';
export {
  type PrivateContainerd,
  type StandaloneOptions,
  startPrivateContainerd,
} from './private-containerd.ts';
export { type StopOptions, stopPrivateContainerd } from './stop.ts';
