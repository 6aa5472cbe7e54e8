/** A pod's UID: one life of one pod. Kept through edits, renames and restarts; a later pod of the same name has another. */
export type PodUid = string & { readonly __brand: 'PodUid' };
export type SandboxId = string & { readonly __brand: 'SandboxId' };
export type ContainerId = string & { readonly __brand: 'ContainerId' };
/** Which tinylet (which root-dir) a sandbox belongs to. */
export type OwnerId = string & { readonly __brand: 'OwnerId' };
/** `namespace/name`: what two manifests may not share. */
export type PodKey = string & { readonly __brand: 'PodKey' };

export const asPodUid = (value: string): PodUid => value as PodUid;
export const asSandboxId = (value: string): SandboxId => value as SandboxId;
export const asContainerId = (value: string): ContainerId => value as ContainerId;
export const asOwnerId = (value: string): OwnerId => value as OwnerId;

export function podKey(pod: { readonly namespace: string; readonly name: string }): PodKey {
  return `${pod.namespace}/${pod.name}` as PodKey;
}

/** Labels of sandboxes and containers. The io.kubernetes.* set is the kubelet's; crictl and log shippers read it. */
export const label = {
  tinylet: 'tinylet',
  owner: 'tinylet.dev/owner',
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const;

/** Annotations of sandboxes and containers, the kubelet's where it has one. */
export const annotation = {
  /** Sandbox, and each container in it: versioned hash of the pod-level fields it was made from (spec-hash.ts). */
  sandboxHash: 'tinylet.dev/sandbox-hash',
  /** Sandbox: the manifest file that first defined the pod; read only where the pod's record is lost. */
  source: 'tinylet.dev/source',
  /** Sandbox: the host ports it holds, as JSON; the manifest may name others by now. */
  hostPorts: 'tinylet.dev/host-ports',
  /** Container: versioned hash of the container's own fields. */
  containerHash: 'tinylet.dev/container-hash',
  /** Container: how many back-off steps its predecessors had climbed when it was made. */
  backoffStep: 'tinylet.dev/backoff-step',
  /** Container: hash of what it took from ConfigMaps and Secrets by env and subPath. */
  configHash: 'tinylet.dev/config-hash',
  /** Pod, set by its author: `"true"` restarts containers whose env or subPath mounts come from an object that changed. */
  restartOnConfigChange: 'tinylet.dev/restart-on-config-change',
  /** Pod, set by its author (wishes.ts): a version that does not become Ready gives way to the last one that was. */
  rollback: 'tinylet.dev/rollback',
  progressDeadline: 'tinylet.dev/progress-deadline',
  /** Pod, set by its author: pods that have to be Ready or Succeeded before it starts. */
  startAfter: 'tinylet.dev/start-after',
  /** Pod, set by its author: the longest CrashLoopBackOff. */
  crashLoopMax: 'tinylet.dev/crash-loop-max',
  /** Pod, set by whoever makes it for one run: whom it goes with when that is over (wishes.ts). */
  oneShot: 'tinylet.dev/one-shot',
  restartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  terminationGracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
  /** Container: its preStop hook as JSON, for stops after the pod's record was lost. */
  preStopHandler: 'io.kubernetes.container.preStopHandler',
  containerPorts: 'io.kubernetes.container.ports',
  configSource: 'kubernetes.io/config.source',
} as const;

/** Annotations of pods that mean something here and end in a name of their own. */
export const annotationPrefix = {
  /** Devices by CDI name, for all containers. */
  cdi: 'cdi.k8s.io/',
  /** The AppArmor profile of one container, from before there was a field. */
  appArmor: 'container.apparmor.security.beta.kubernetes.io/',
} as const;
