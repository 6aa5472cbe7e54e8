import type { Container, Pod, PodUid } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import { follows, isComplete, isSameFor, type Objects, variablesFrom } from '../made-from.ts';
import { isPlainInit, verdictOn } from '../policy.ts';
import { sameContainer, samePodLevel } from '../same-version.ts';
import type { CheckOf, Violate } from './check.ts';
import { mayGo } from './proof-of-removal.ts';

/**
 * A container that runs as the manifest says is left alone: through edits of labels, broken files, unreadable directories, objects
 * that vanish, and restarts of the daemon.
 */
export const needlessStop: CheckOf = (facts, violate) => ({
  onSaved(record, before) {
    if (record.deletionStartedAtMs !== undefined || record.ended !== undefined) return;
    for (const [id, { cause }] of Object.entries(record.stops)) {
      const instance = facts.instances.get(id);
      const isNew = Object.keys(before?.stops ?? {}).every((known) => known !== id);
      // Whether it has a fault is another property's affair.
      if (isNew && cause === undefined && instance !== undefined) judge(facts, instance, violate);
    }
  },
  onCall({ name, request }) {
    const instance = facts.instances.get(request.container_id ?? '');
    if (name === 'StopContainer' && instance !== undefined && instance.stop === undefined)
      judge(facts, instance, violate);
  },
});

/** Once a stop has begun it goes on, whatever the manifest says by then. */
function judge(facts: Facts, instance: Instance, violate: Violate): void {
  if (!facts.isRunning(instance) || !isInPlace(facts, instance)) return;
  if (facts.deleting.has(instance.uid) || hasEnded(facts, instance)) return;
  const views = facts.candidateViews(instance.uid);
  const recorded = facts.recordedPod(instance.uid);
  const wanted = views.flatMap((view) => (view.claims.get(instance.key) ?? []).map(({ pod }) => pod));
  if (recorded !== undefined) wanted.push(recorded);
  if (wanted.some((pod) => differs(instance, pod)) || views.some((view) => mayGo(facts, view, instance)))
    return;
  if ([instance.pod, ...wanted].some((pod) => mayEndWithOthers(facts, instance, pod))) return;
  const said = facts.candidateObjects(instance.uid);
  if (wanted.some((pod) => isOutdated(instance, pod, said))) return;
  const { name, key } = instance;
  violate('needless-stop', name, 'of', key, 'is stopped, and the manifest wants it as it is');
}

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

/** The other containers of its pod have all ended, and stay so, or an init container has failed for good. */
function mayEndWithOthers(facts: Facts, { uid, name }: Instance, pod: Pod): boolean {
  const isOver = (container: Container): boolean => {
    const last = facts.instancesOf(uid, container.name).at(-1);
    return last?.exitCode !== undefined && verdictOn(pod, container.name, last.exitCode) === 'stays';
  };
  const { containers, initContainers = [] } = pod.spec;
  if (containers.some((each) => each.name === name)) return false;
  const failed = initContainers.some(
    (each) =>
      isPlainInit(each, pod) && isOver(each) && facts.instancesOf(uid, each.name).at(-1)?.exitCode !== 0,
  );
  return failed || containers.every(isOver);
}

function differs(instance: Instance, pod: Pod): boolean {
  return (
    !samePodLevel(instance.pod, pod) ||
    !sameContainer(instance, pod) ||
    (pod.metadata.uid !== undefined && pod.metadata.uid !== instance.uid)
  );
}
