import type { DownwardRef } from './downward.ts';

/** A volume of a pod. Kinds that are refused do not appear here (manifest/field-fates.ts says why). */
export interface Volume {
  readonly name: string;
  readonly source: VolumeSource;
}

export type VolumeSource =
  | {
      readonly kind: 'emptyDir';
      /** `''`, `Memory`, `HugePages` or `HugePages-<size>`. */
      readonly medium: string;
      readonly sizeLimit?: string;
    }
  | { readonly kind: 'hostPath'; readonly path: string; readonly type: HostPathType }
  | { readonly kind: 'persistentVolumeClaim'; readonly claimName: string; readonly readOnly?: boolean }
  /** A claim of the pod's own that goes with it: kept like an emptyDir on disk. */
  | { readonly kind: 'ephemeral' }
  | {
      readonly kind: 'image';
      readonly reference: string;
      readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
    }
  | FilesSource;

/** Volumes whose content is made of objects and facts, and follows them while the pod runs. */
export type FilesSource =
  | ({ readonly kind: 'configMap' } & ObjectSource & FileModes)
  | ({ readonly kind: 'secret' } & ObjectSource & FileModes)
  | ({ readonly kind: 'downwardAPI'; readonly items: readonly DownwardFile[] } & FileModes)
  | ({ readonly kind: 'projected'; readonly sources: readonly ProjectedSource[] } & FileModes);

export type ProjectedSource =
  | ({ readonly kind: 'configMap' } & ObjectSource)
  | ({ readonly kind: 'secret' } & ObjectSource)
  | { readonly kind: 'downwardAPI'; readonly items: readonly DownwardFile[] };

/** The keys of one ConfigMap or Secret as files: all of them, or the named ones. */
export interface ObjectSource {
  readonly name: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

export interface KeyToPath {
  readonly key: string;
  /** Relative, without `..`. */
  readonly path: string;
  readonly mode?: number;
}

interface FileModes {
  /** Permission bits of files that name none, 0 to 0777. */
  readonly defaultMode: number;
}

export type DownwardFile = { readonly path: string; readonly mode?: number } & DownwardRef;

export type HostPathType =
  | ''
  | 'DirectoryOrCreate'
  | 'Directory'
  | 'FileOrCreate'
  | 'File'
  | 'Socket'
  | 'CharDevice'
  | 'BlockDevice';

export interface VolumeMount {
  /** The volume's name. */
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly recursiveReadOnly?: 'IfPossible' | 'Enabled';
  /** Absent is None. */
  readonly mountPropagation?: 'HostToContainer' | 'Bidirectional';
  /** At most one of the two. */
  readonly subPath?: string;
  readonly subPathExpr?: string;
}
