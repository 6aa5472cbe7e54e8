import type { Device, Mount } from '../cri/index.ts';
import type { Container, Pod, PodFacts, PodUid } from '../pod/index.ts';
import type { ContainerFiles } from './volume-setup.ts';

/** What the volumes of one container come to. */
export interface ContainerMounts {
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  readonly files: ContainerFiles;
}

/** What the mounts of one instance depend on beside its pod. */
export interface MountsGiven {
  readonly rootDir: string;
  readonly uid: PodUid;
  readonly attempt: number;
  /** The container's environment, for subPathExpr. */
  readonly variables: ReadonlyMap<string, string>;
  /** Volume name → the image that was pulled for it. */
  readonly images: ReadonlyMap<string, { readonly imageId: string }>;
  readonly facts: PodFacts;
  /** Whether the runtime's handler can mount read-only recursively: what IfPossible asks for. */
  readonly recursiveReadOnly: boolean;
  /** First host id of the pod's user namespace, where it has one. */
  readonly usersBase?: number;
  /** Text of the managed /etc/hosts. */
  readonly etcHosts: string;
}

/** The mounts of one container instance, or why it cannot have them (a reason for CreateContainerConfigError). */
export function containerMounts(
  pod: Pod,
  container: Container,
  given: MountsGiven,
): ContainerMounts | { readonly problem: string } {
  return { problem: `not written yet: ${pod.metadata.name} ${container.name} ${given.attempt}` };
}
