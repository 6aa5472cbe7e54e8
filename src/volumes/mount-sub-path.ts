import { posix } from 'node:path';
import { expand, namesIn, type VolumeMount } from '../pod/index.ts';

export type MountedPart = { readonly path: string | undefined } | { readonly problem: string };

/**
 * The part of a volume that is mounted, undefined for the whole of it; a reason in the kubelet's words where there is none
 * (kubelet: makeMounts, ExpandContainerVolumeMounts). Every variable of a subPathExpr must have a value. The reason shows the path as
 * it is written, since a variable may hold a Secret.
 */
export function mountedPart(mount: VolumeMount, variables: ReadonlyMap<string, string>): MountedPart {
  const { subPathExpr } = mount;
  if (subPathExpr !== undefined) {
    const missing = [...namesIn(subPathExpr)].filter((name) => (variables.get(name) ?? '') === '');
    if (missing.length > 0) return { problem: `missing value for ${missing.sort().join(', ')}` };
  }
  const path = subPathExpr === undefined ? (mount.subPath ?? '') : expand(subPathExpr, variables);
  const written = subPathExpr ?? path;
  if (posix.isAbsolute(path)) return { problem: `error SubPath \`${written}\` must not be an absolute path` };
  if (path.split('/').includes('..')) {
    return { problem: `unable to provision SubPath \`${written}\`: must not contain '..'` };
  }
  const clean = posix.normalize(path).replace(/\/$/, '');
  return { path: clean === '.' ? undefined : clean };
}
