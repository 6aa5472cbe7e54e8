import type { Cri } from '../../src/cri/index.ts';
import type {
  ManifestDirectory,
  ManifestFile,
  ManifestObject,
  ManifestSnapshot,
} from '../../src/manifest/index.ts';
import type { Pod, SideObject } from '../../src/pod/index.ts';
import type { PodVolumes } from '../../src/volumes/index.ts';
import type { Alter } from './world.ts';

/** Ways to change what a daemon is given. */

export function withCri(change: (cri: Cri) => Partial<Cri>): Alter {
  return (ports) => ({ ...ports, cri: { ...ports.cri, ...change(ports.cri) } });
}

export function withManifests(change: (snapshot: ManifestSnapshot) => ManifestSnapshot): Alter {
  return (ports) => ({ ...ports, manifests: { load: async () => change(await ports.manifests.load()) } });
}

export function withFiles(change: (files: readonly ManifestFile[]) => readonly ManifestFile[]): Alter {
  return withManifests(({ directories }) => ({
    directories: directories.map((each) =>
      each.state === 'read' ? { ...each, files: change(each.files) } : each,
    ),
  }));
}

/** The same pod in gives the same pod out, as from a reader that keeps what it has read. */
export function withPods(change: (pod: Pod) => Pod): Alter {
  const changed = remembered(change);
  return withManifests((snapshot) => withEachPod(snapshot, changed));
}

export function withEachPod({ directories }: ManifestSnapshot, change: (pod: Pod) => Pod): ManifestSnapshot {
  const changed = (found: ManifestObject): ManifestObject =>
    found.kind === 'Pod' ? { ...found, pod: change(found.pod) } : found;
  return { directories: directories.map((each) => withEach(each, changed)) };
}

export function withObjects(change: (object: SideObject) => SideObject): Alter {
  const changed = remembered(change);
  const each = (found: ManifestObject): ManifestObject =>
    found.kind === 'Pod' ? found : { ...found, object: changed(found.object) };
  return withManifests(({ directories }) => ({ directories: directories.map((all) => withEach(all, each)) }));
}

function withEach(
  directory: ManifestDirectory,
  change: (found: ManifestObject) => ManifestObject,
): ManifestDirectory {
  if (directory.state === 'unreadable') return directory;
  const files = directory.files.map((file) =>
    file.state === 'refused' ? file : { ...file, objects: file.objects.map(change) },
  );
  return { ...directory, files };
}

function remembered<T extends object>(change: (value: T) => T): (value: T) => T {
  const changed = new WeakMap<T, T>();
  return (value) => {
    const known = changed.get(value) ?? change(value);
    changed.set(value, known);
    return known;
  };
}

export function withVolumes(change: (volumes: PodVolumes) => Partial<PodVolumes>): Alter {
  return (ports) => {
    const { volumes } = ports;
    const given: PodVolumes = {
      setUp: (uid, request) => volumes.setUp(uid, request),
      prepareContainer: (uid, files) => volumes.prepareContainer(uid, files),
      tearDown: (uid) => volumes.tearDown(uid),
      usage: (uid, names) => volumes.usage(uid, names),
      readEnvFile: (uid, file) => volumes.readEnvFile(uid, file),
      terminationMessage: (uid, instance) => volumes.terminationMessage(uid, instance),
    };
    return { ...ports, volumes: { ...given, ...change(given) } };
  };
}
