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

export function volumeDirectory(
  rootDir: string,
  uid: PodUid,
  volume: { readonly plugin: Plugin; readonly name: string },
): string {
  return join(volumesDirectory(rootDir, uid), `${ESCAPED}${volume.plugin}`, volume.name);
}

/** What is remembered of volumes, by plugin. */
export function markersDirectory(rootDir: string, uid: PodUid): string {
  return join(podDirectory(rootDir, uid), 'plugins');
}

/** Says that a volume is complete, and as what it was made. */
export function readyMarker(
  rootDir: string,
  uid: PodUid,
  volume: { readonly plugin: 'empty-dir' | 'claim'; readonly name: string },
): string {
  return join(markersDirectory(rootDir, uid), `${ESCAPED}${volume.plugin}`, volume.name, 'ready');
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
