import type { ContainerId } from './identity.ts';
import type { Container } from './pod.ts';
import type { ProbeKind } from './probe.ts';

/** What its probes say of one running instance (kubelet: prober results, `started` and `ready` of ContainerStatus). */
export interface ContainerHealth {
  /** Its startup probe has succeeded, or it has none. */
  readonly started: boolean;
  /** It is started, and its readiness probe succeeded last, or it has none. */
  readonly ready: boolean;
  /** A probe for whose failing it is to be stopped. */
  readonly failed?: { readonly probe: Exclude<ProbeKind, 'readiness'>; readonly message: string };
}

/** By running instance; those without any probe need not be in it. */
export type Health = ReadonlyMap<ContainerId, ContainerHealth>;

/** The health of a running instance. What was not probed yet is neither started nor ready, as far as it has the probes. */
export function healthOf(container: Container, id: ContainerId, health: Health): ContainerHealth {
  const known = health.get(id);
  if (known !== undefined) return known;
  const started = container.startupProbe === undefined;
  return { started, ready: started && container.readinessProbe === undefined };
}
