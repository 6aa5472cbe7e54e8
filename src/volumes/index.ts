/**
 * volumes: what a pod's volumes are on this machine. Pure translation of volumes and mounts (plan-volumes, container-mounts), and
 * the port that carries it out (PodVolumes), one file per kind. Invariants: a path from a manifest is never followed out of its
 * volume, nothing is deleted through a link or across a mount, content never appears in an error.
 */
export { type ClaimDirectory, deleteClaim, listClaims } from './claims.ts';
export { type ContainerMounts, containerMounts, type MountsGiven } from './container-mounts.ts';
export { diskSpace, type FileSystemSpace } from './disk-space.ts';
export { type FilePodVolumesOptions, filePodVolumes } from './file-pod-volumes.ts';
export { planVolumes, type VolumesPlan } from './plan-volumes.ts';
export { type PodDirectories, type PodDirectoriesOptions, podDirectories } from './pod-directories.ts';
export type { PodVolumes } from './pod-volumes.ts';
export type {
  ClaimSetup,
  ContainerFiles,
  EmptyDirSetup,
  FilesSetup,
  SubPath,
  VolumeFile,
  VolumeSetup,
  VolumesRequest,
} from './volume-setup.ts';
