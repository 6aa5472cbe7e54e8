import type { Container, ContainerId, Health, PodUid, Probe, ProbeKind } from '../pod/index.ts';

/** A pod as far as probing it goes. */
export interface ProbedPod {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  /** True once it is being removed: then only readiness goes on (kubelet: StopLivenessAndStartup). */
  readonly terminating: boolean;
  /** Its running containers and sidecars that have probes, or none. */
  readonly containers: readonly ProbedContainer[];
}

export interface ProbedContainer {
  readonly id: ContainerId;
  readonly container: Container;
  /** `spec.containers{name}` or `spec.initContainers{name}`. */
  readonly fieldPath: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  /** Where its ports are reached: the pod's address, or the loopback address for a pod on the machine's network. */
  readonly host: string;
  /** Known from before a restart of the daemon: its startup probe need not succeed again. */
  readonly started: boolean;
}

/** One probe of one instance, with everything looked up. */
export interface ProbeCall {
  readonly id: ContainerId;
  readonly container: Container;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly host: string;
}

/** `warning` counts as success. */
export type ProbeOutcome = { readonly result: 'success' | 'warning' | 'failure'; readonly message: string };

/** Carries a probe out within its timeout. Rejects where nothing can be said of the container, which counts as no result. */
export type RunProbe = (call: ProbeCall, signal: AbortSignal) => Promise<ProbeOutcome>;

/**
 * The probes of all pods: workers that go on by themselves between passes. What they found is asked for by the plan and by the status;
 * a change is told through a port. Memory only: a daemon that comes back probes anew.
 */
export interface PodProbes {
  /** Brings a pod's workers in line with what runs of it; called in every pass, so it costs nothing where nothing changed. */
  sync(pod: ProbedPod): void;
  /** By running instance of one pod. The same map until something of it changes. */
  health(uid: PodUid): Health;
  /** Ends the workers of a pod that is gone. */
  forget(uid: PodUid): void;
  /** Ends everything; probes under way are cancelled. */
  close(): void;
}
