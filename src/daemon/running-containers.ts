import type { RunningContainer } from '../api/index.ts';
import { everyContainer, label, type ObservedContainer, type PodUid } from '../pod/index.ts';
import type { Reconciler } from '../reconcile/index.ts';

type PodViews = ReturnType<Reconciler['pods']>;

/** Ours that ran when the runtime was last looked at. */
export function runningContainers({
  snapshot,
  pods,
}: {
  readonly snapshot: Reconciler['snapshot'];
  readonly pods: PodViews;
}): readonly RunningContainer[] {
  const views = new Map(pods.map((view) => [view.uid, view]));
  return [...snapshot.pods].flatMap(([uid, { containers }]) =>
    containers
      .filter(({ state }) => state === 'running')
      .map((container) => shown(uid, container, views.get(uid))),
  );
}

/** The runtime was given an id: who asks knows the image by the name in the manifest. */
function shown(
  podUid: PodUid,
  { name, image, labels }: ObservedContainer,
  view: PodViews[number] | undefined,
): RunningContainer {
  // What is on record is what was started; what is wanted may be a version that waits for its turn.
  const pod = view?.record?.pod ?? view?.pod;
  const started = pod && everyContainer(pod).find((container) => container.name === name);
  return {
    podUid,
    namespace: labels[label.podNamespace] ?? '',
    pod: labels[label.podName] ?? '',
    container: name,
    image: started?.image ?? image,
  };
}
