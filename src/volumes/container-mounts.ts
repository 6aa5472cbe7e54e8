import type { Device, Mount } from '../cri/index.ts';
import type { ContainerFiles } from './volume-setup.ts';

/** What the volumes of one container come to. */
export interface ContainerMounts {
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  readonly files: ContainerFiles;
}
