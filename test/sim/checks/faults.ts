import type { Container, Pod } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import { verdictOn } from '../policy.ts';
import type { CheckOf } from './check.ts';

/** A container is stopped for a fault only if it has it: healthy ones are left alone. */
export const faults: CheckOf = (facts, violate) => ({
  onCall({ name, request }) {
    const instance = facts.instances.get(request.container_id ?? '');
    const cause = instance?.stop?.cause;
    if (name !== 'StopContainer' || instance === undefined || cause === undefined) return;
    if (!hasFault(facts, instance, cause))
      violate('healthy-stopped', instance.name, 'of', instance.key, 'is stopped for its', cause);
  },
});

function hasFault(facts: Facts, instance: Instance, cause: string): boolean {
  switch (cause) {
    case 'startup':
    case 'liveness': {
      const thresholds = versions(facts, instance).flatMap(
        (each) => each[`${cause}Probe`]?.failureThreshold ?? [],
      );
      const failures = facts.lives.probe(instance.id, cause)?.mostFailures ?? 0;
      return failures >= Math.min(...thresholds);
    }
    case 'postStart':
      return (
        facts.lives.hook(instance.id, 'postStart')?.failed === true || facts.lostRecords.has(instance.uid)
      );
    case 'restartAll':
      return [...facts.instances.values()].some(
        (each) => each.uid === instance.uid && asksForAll(facts, each),
      );
    default:
      return instance.stop?.mayBeShort === true;
  }
}

function asksForAll(facts: Facts, { uid, name, exitCode, pod }: Instance): boolean {
  if (exitCode === undefined) return false;
  const recorded = facts.recordedPod(uid);
  return [pod, ...(recorded ? [recorded] : [])].some(
    (each) => verdictOn(each, name, exitCode) === 'all again',
  );
}

/** Its container in every version that counted since it was made. */
function versions(facts: Facts, { uid, key, name, pod, createdAtMs }: Instance): Container[] {
  const views = facts.viewsSince(createdAtMs).flatMap((view) => view.claims.get(key) ?? []);
  const recorded = facts.recordedPod(uid);
  const pods: Pod[] = [pod, ...(recorded ? [recorded] : []), ...views.map((view) => view.pod)];
  return pods.flatMap(({ spec }) =>
    [...spec.containers, ...(spec.initContainers ?? [])].filter((each) => each.name === name),
  );
}
