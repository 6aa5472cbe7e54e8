/**
 * probes: whether containers have started, live, and are ready. In: what runs of each pod; out: the health of every instance, and
 * events. Invariant: a probe never delays a pass, and its result counts for the instance it was made of alone.
 */
export { createPodProbes, type PodProbesPorts } from './create-pod-probes.ts';
export { createRunProbe, type RunProbeOptions } from './create-run-probe.ts';
export type {
  PodProbes,
  ProbeCall,
  ProbedContainer,
  ProbedPod,
  ProbeOutcome,
  RunProbe,
} from './pod-probes.ts';
