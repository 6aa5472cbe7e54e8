import type { Volume, VolumeMount } from '../pod/index.ts';
import type { Fields } from './fields.ts';

/** What the mounts of one container are checked against. */
export interface VolumeContext {
  /** All volumes of the pod, also those whose kind is refused. */
  readonly volumes: readonly Volume[];
  /** Whether this container is privileged: only then may its mounts reach the host. */
  readonly privileged: boolean;
}

/** Reads `volumeMounts` of a container. */
export function readVolumeMounts(_container: Fields, _context: VolumeContext): readonly VolumeMount[] {
  return [];
}
