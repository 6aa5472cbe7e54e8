import type { Pod, PodUid } from '../../../src/pod/index.ts';
import type { Facts, Instance } from '../facts.ts';
import { follows, isComplete, isSameFor, type Objects, variablesFrom } from '../made-from.ts';
import { sameContainer, samePodLevel } from '../same-version.ts';
import type { CheckOf } from './check.ts';
import { mayGo } from './proof-of-removal.ts';

/**
 * A container that runs as the manifest says is left alone: through edits of labels, broken files, unreadable directories, objects
 * that vanish, and restarts of the daemon.
 */
export const needlessStop: CheckOf = (facts, violate) => {
  const judged = new Set<string>();
  return {
    onCall({ name, request }) {
      const instance = facts.instances.get(request.container_id ?? '');
      if (
        name !== 'StopContainer' ||
        instance === undefined ||
        !facts.isRunning(instance) ||
        judged.has(instance.id)
      )
        return;
      judged.add(instance.id);
      if (!isInPlace(facts, instance) || facts.deleting.has(instance.uid) || hasEnded(facts, instance))
        return;
      const views = facts.candidateViews(instance.uid);
      const recorded = facts.recordedPod(instance.uid);
      const wanted = views.flatMap((view) => (view.claims.get(instance.key) ?? []).map(({ pod }) => pod));
      if (recorded !== undefined) wanted.push(recorded);
      if (wanted.some((pod) => differs(instance, pod)) || views.some((view) => mayGo(facts, view, instance)))
        return;
      const said = facts.candidateObjects(instance.uid);
      if (wanted.some((pod) => isOutdated(instance, pod, said))) return;
      violate(
        'needless-stop',
        instance.name,
        'of',
        instance.key,
        'is stopped, and the manifest wants it as it is',
      );
    },
  };
};

/** Whether nothing but the manifest could be a reason to stop it. */
function isInPlace(facts: Facts, instance: Instance): boolean {
  const newest = facts.sandboxesOf(instance.uid).sort((a, b) => b.attempt - a.attempt)[0];
  return (
    newest?.id === instance.sandboxId &&
    facts.isReady(newest) &&
    facts.instancesOf(instance.uid, instance.name).at(-1) === instance
  );
}

function hasEnded(facts: Facts, { uid }: Instance): boolean {
  return facts.records.get(uid as PodUid)?.ended !== undefined;
}

/** Its pod asks to be restarted when objects change, all of them are there, and they say something else. */
export function isOutdated({ container, variables }: Instance, pod: Pod, said: readonly Objects[]): boolean {
  return (
    follows(pod) &&
    said.some(
      (objects) =>
        isComplete(pod, objects) && !isSameFor(container, variables, variablesFrom(container, objects)),
    )
  );
}

function differs(instance: Instance, pod: Pod): boolean {
  return (
    !samePodLevel(instance.pod, pod) ||
    !sameContainer(instance, pod) ||
    (pod.metadata.uid !== undefined && pod.metadata.uid !== instance.uid)
  );
}
