import type { Pod } from '../../../src/pod/index.ts';
import type { Facts, Instance } from '../facts.ts';
import { sameContainer, samePodLevel } from '../same-version.ts';
import type { CheckOf } from './check.ts';
import { mayGo } from './proof-of-removal.ts';

/**
 * A container that runs as the manifest says is left alone: through edits of labels, broken files, unreadable directories and
 * restarts of the daemon.
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
      if (!isInPlace(facts, instance) || facts.deleting.has(instance.uid)) return;
      const views = facts.candidateViews(instance.uid);
      const recorded = facts.recordedPod(instance.uid);
      const wanted = views.flatMap((view) => (view.claims.get(instance.key) ?? []).map(({ pod }) => pod));
      if (recorded !== undefined) wanted.push(recorded);
      if (wanted.some((pod) => differs(instance, pod)) || views.some((view) => mayGo(facts, view, instance)))
        return;
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

function differs(instance: Instance, pod: Pod): boolean {
  const container = pod.spec.containers.find(({ name }) => name === instance.name);
  return (
    !samePodLevel(instance.pod, pod) ||
    !sameContainer(instance.container, container) ||
    (pod.metadata.uid !== undefined && pod.metadata.uid !== instance.uid)
  );
}
