import type { PodVersions } from '../api/index.ts';
import {
  allContainers,
  annotation,
  containerHashMatches,
  type ObservedContainer,
  type Pod,
  sameVersion,
  sandboxHashMatches,
} from '../pod/index.ts';
import type { Reconciler } from '../reconcile/index.ts';

/** What runs of a pod beside what its file wants. */
export function podVersions(reconciler: Pick<Reconciler, 'looks' | 'pods' | 'container'>): PodVersions {
  return {
    mark: () => reconciler.looks().begun,
    isFound: (mark) => reconciler.looks().inForce > mark,
    isInForce(podUid, containerIds) {
      const { pod, record } = reconciler.pods().find(({ uid }) => uid === podUid) ?? {};
      if (pod === undefined || record === undefined || !sameVersion(record.pod, pod)) return false;
      return containerIds.every((id) => isMadeFrom(pod, reconciler.container(id)));
    },
    createdAtMs: (containerId) => reconciler.container(containerId)?.createdAtMs,
  };
}

function isMadeFrom(pod: Pod, made: ObservedContainer | undefined): boolean {
  const container = allContainers(pod).find(({ name }) => name === made?.name);
  if (made === undefined || container === undefined) return false;
  return (
    containerHashMatches(made.annotations[annotation.containerHash], container, pod) &&
    sandboxHashMatches(made.annotations[annotation.sandboxHash], pod)
  );
}
