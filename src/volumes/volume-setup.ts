import type { HostPathType } from '../pod/index.ts';

/** What one volume is to be on this machine. Plain data: a plan carries it, the executor hands it on. */
export type VolumeSetup =
  | EmptyDirSetup
  /** Only checked, or made where its type says so. */
  | {
      readonly kind: 'host-path';
      readonly volume: string;
      readonly path: string;
      readonly type: HostPathType;
    }
  | FilesSetup
  | ClaimSetup;

/** Kept as long as the pod; made once. */
export interface EmptyDirSetup {
  readonly kind: 'empty-dir';
  readonly volume: string;
  readonly medium: 'disk' | 'memory' | 'hugepages';
  /** Of a memory medium: the size of the tmpfs. */
  readonly sizeBytes?: number;
  /** Of hugepages: as mount(8) takes it (`pagesize=2M`); absent for the default size. */
  readonly pageSize?: string;
  readonly fsGroup?: number;
}

/** A directory of files that follow their sources: swapped as one. */
export interface FilesSetup {
  readonly kind: 'files';
  readonly volume: string;
  /** The kubelet's name of the plugin, a part of the path: `configmap`, `secret`, `downward-api`, `projected`. */
  readonly plugin: 'configmap' | 'secret' | 'downward-api' | 'projected';
  readonly medium: 'disk' | 'memory';
  readonly files: readonly VolumeFile[];
  readonly fsGroup?: number;
}

export interface VolumeFile {
  /** Relative, without `..`. */
  readonly path: string;
  readonly mode: number;
  readonly base64: string;
}

/** A directory that outlives the pod. */
export interface ClaimSetup {
  readonly kind: 'claim';
  readonly volume: string;
  readonly namespace: string;
  readonly claim: string;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy: 'Always' | 'OnRootMismatch';
}

/** All volumes of one pod that need something on this machine. Equal text means that nothing is to be done. */
export interface VolumesRequest {
  readonly setups: readonly VolumeSetup[];
}

/** What one container instance needs on disk beside its volumes. */
export interface ContainerFiles {
  readonly container: string;
  readonly attempt: number;
  readonly subPaths: readonly SubPath[];
  /** Text of the managed /etc/hosts; absent where a volume covers it. */
  readonly etcHosts?: string;
  /** Whether a termination message file is mounted. */
  readonly terminationLog: boolean;
}

/** A part of a volume that is bound to a place of its own, so that nothing can be swapped under the runtime. */
export interface SubPath {
  readonly volume: string;
  /** The volume's directory or, for a hostPath, its path. */
  readonly root: string;
  /** Relative, without `..`; made as a directory where it is missing. */
  readonly path: string;
  /** Where it is bound. */
  readonly target: string;
  readonly readOnly: boolean;
}
