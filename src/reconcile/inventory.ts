import type { LoggedContainer, LoggedPods } from '../logs/index.ts';
import type { ManifestSnapshot } from '../manifest/index.ts';
import { everyContainer, label, type ObservedContainer, type Pod, type PodUid } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Target } from '../targets/index.ts';
import type { Snapshot } from './snapshot.ts';

/** What housekeeping has to know of the pods: what is none of them, nor theirs, is left over. */
export interface Inventory extends LoggedPods {
  /** Images by the names that manifests and records give them: of every version that may be run. */
  readonly images: ReadonlySet<string>;
}

export interface InventoryInput {
  readonly records: Iterable<PodRecord>;
  readonly targets: ReadonlyMap<PodUid, Target>;
  readonly snapshot: Snapshot;
  readonly manifests: ManifestSnapshot;
  readonly complete: boolean;
}

/** Pure. What is unknown is left out, and `complete` says so. */
export function inventoryOf({ records, targets, snapshot, manifests, complete }: InventoryInput): Inventory {
  const recorded = [...records];
  const pods = [
    ...recorded.flatMap(({ pod, previous, rejected }) => [pod, previous, rejected?.pod]),
    ...[...targets.values()].flatMap((target) => ('pod' in target ? target.pod : [])),
    ...podsOf(manifests),
  ].filter((pod) => pod !== undefined);
  return {
    complete: complete && manifests.directories.every(({ state }) => state === 'read'),
    knownUids: new Set([...recorded.map(({ uid }) => uid), ...targets.keys(), ...snapshot.pods.keys()]),
    images: new Set([...new Set(pods)].flatMap(imagesOf)),
    containers: [...snapshot.pods].flatMap(([uid, part]) =>
      part.containers.map((container) => inventoried(uid, container)),
    ),
  };
}

/** Also those whose name another file has already: their images are named all the same. */
function podsOf({ directories }: ManifestSnapshot): readonly Pod[] {
  return directories
    .flatMap((directory) => (directory.state === 'read' ? directory.files : []))
    .flatMap((file) => (file.state === 'accepted' ? file.objects : []))
    .flatMap((object) => (object.kind === 'Pod' ? object.pod : []));
}

function imagesOf(pod: Pod): readonly string[] {
  const mounted = (pod.spec.volumes ?? []).flatMap(({ source }) =>
    source.kind === 'image' ? source.reference : [],
  );
  return [...everyContainer(pod).map(({ image }) => image), ...mounted];
}

function inventoried(uid: PodUid, { id, name, attempt, state, labels }: ObservedContainer): LoggedContainer {
  return {
    ...{ id, uid, attempt, container: name },
    namespace: labels[label.podNamespace] ?? '',
    pod: labels[label.podName] ?? '',
    running: state === 'running',
  };
}
