/**
 * probes: whether containers have started, live, and are ready. In: what runs of each pod; out: the health of every instance, and
 * events. Invariant: a probe never delays a pass, and its result counts for the instance it was made of alone.
 */
export type {
  PodProbes,
  ProbeCall,
  ProbedContainer,
  ProbedPod,
  ProbeOutcome,
  RunProbe,
} from './pod-probes.ts';
