import { join } from 'node:path';
import type { FilesSource, PodUid } from '../pod/index.ts';

/** The kubelet's names of volume plugins, as they stand in paths. */
export type Plugin = 'empty-dir' | 'configmap' | 'secret' | 'downward-api' | 'projected';

const ESCAPED = 'kubernetes.io~';

/** Everything there is of a pod beside its logs. As in the kubelet: `<root-dir>/pods/<uid>`. */
export function podDirectory(rootDir: string, uid: PodUid): string {
  return join(rootDir, 'pods', uid);
}

export function volumesDirectory(rootDir: string, uid: PodUid): string {
  return join(podDirectory(rootDir, uid), 'volumes');
}

export function pluginDirectory(rootDir: string, uid: PodUid, plugin: Plugin): string {
  return join(volumesDirectory(rootDir, uid), `${ESCAPED}${plugin}`);
}

export function volumeDirectory(
  rootDir: string,
  uid: PodUid,
  volume: { readonly plugin: Plugin; readonly name: string },
): string {
  return join(pluginDirectory(rootDir, uid, volume.plugin), volume.name);
}

/** Says that an emptyDir is complete, and as what it was made. */
export function emptyDirMarker(rootDir: string, uid: PodUid, volume: string): string {
  return join(podDirectory(rootDir, uid), 'plugins', `${ESCAPED}empty-dir`, volume, 'ready');
}

export function subPathsDirectory(rootDir: string, uid: PodUid): string {
  return join(podDirectory(rootDir, uid), 'volume-subpaths');
}

/** Where a part of a volume is bound for the mount of that index in the container's volumeMounts. */
export function subPathTarget(
  rootDir: string,
  uid: PodUid,
  mount: { readonly volume: string; readonly container: string; readonly index: number },
): string {
  return join(subPathsDirectory(rootDir, uid), mount.volume, mount.container, String(mount.index));
}

export function etcHostsPath(rootDir: string, uid: PodUid): string {
  return join(podDirectory(rootDir, uid), 'etc-hosts');
}

export function terminationLogPath(
  rootDir: string,
  uid: PodUid,
  instance: { readonly container: string; readonly attempt: number },
): string {
  return join(podDirectory(rootDir, uid), 'containers', instance.container, String(instance.attempt));
}

export function claimsDirectory(rootDir: string): string {
  return join(rootDir, 'claims');
}

/** A claim's directory outlives the pods that use it. */
export function claimDirectory(rootDir: string, namespace: string, name: string): string {
  return join(claimsDirectory(rootDir), namespace, name);
}

/** The kinds of volumes that lie in a directory of their pod. */
export type OwnKind = 'emptyDir' | 'ephemeral' | FilesSource['kind'];

/** The plugin whose directory holds volumes of that kind. A claim of the pod's own goes with the pod, as an emptyDir does. */
export function pluginOf(kind: OwnKind): Plugin {
  return PLUGINS[kind];
}

const PLUGINS: Readonly<Record<OwnKind, Plugin>> = {
  emptyDir: 'empty-dir',
  ephemeral: 'empty-dir',
  configMap: 'configmap',
  secret: 'secret',
  downwardAPI: 'downward-api',
  projected: 'projected',
};
