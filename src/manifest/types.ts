import type { Pod, SideObject } from '../pod/index.ts';

/** Something to tell about a place in a manifest file. Lines and columns count from 1. */
export interface ManifestMessage {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Field path as Kubernetes writes it: `spec.containers[0].image`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

/** An object as it was read: valid and defaulted. */
export type ParsedObject =
  | { readonly kind: 'Pod'; readonly pod: Pod }
  | { readonly kind: SideObject['kind']; readonly object: SideObject };

/** One object of a manifest file, and where it stands. */
export type ManifestObject = ParsedObject & { readonly file: string; readonly line: number };

/** One manifest file. A file is taken whole or refused whole. */
export type ManifestFile =
  | {
      readonly state: 'accepted';
      readonly file: string;
      readonly objects: readonly ManifestObject[];
      /** What was accepted and has no effect here; shown by `validate`. */
      readonly notes: readonly ManifestMessage[];
    }
  | {
      /** It exists and cannot be used: unreadable, too large, not a regular file, broken, or invalid. */
      readonly state: 'refused';
      readonly file: string;
      readonly errors: readonly ManifestMessage[];
    };

/** A file that cannot be used. */
export type RefusedManifest = Extract<ManifestFile, { readonly state: 'refused' }>;

/** One watched directory as it was read; or a URL, which is a directory and its only file in one. */
export type ManifestDirectory =
  | {
      readonly state: 'read';
      readonly directory: string;
      readonly files: readonly ManifestFile[];
      readonly warnings: readonly string[];
      /** Why a URL brought nothing to go by when it was last asked: `files` is what it brought before, and stays in force. */
      readonly problem?: string;
      /** What it brought instead. */
      readonly refused?: RefusedManifest;
    }
  /** Missing, not permitted, refused because others may write to it, or a URL that never answered: says nothing about its pods. */
  | { readonly state: 'unreadable'; readonly directory: string; readonly reason: string };

/** Everything the sources say, at one moment. Directories in the order they were given, files in path order. */
export interface ManifestSnapshot {
  readonly directories: readonly ManifestDirectory[];
}
