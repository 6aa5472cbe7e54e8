import { isSidecar, type Pod, type PodUid } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import type { CheckOf } from './check.ts';

const SLACK_MS = 1_500;

/** Where a whole pod is stopped, a sidecar goes after all other containers and after the sidecars behind it, or when the time is up. */
export const sidecarOrder: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '', atMs }) {
    const instance = facts.instances.get(request.container_id ?? '');
    const record = facts.records.get(uid as PodUid);
    if (name !== 'StopContainer' || instance?.stop === undefined || record === undefined) return;
    if (!facts.deleting.has(uid) && record.ended === undefined) return;
    const { beganAtMs, graceSeconds, signalledAtMs } = instance.stop;
    const isLate = atMs >= beganAtMs + graceSeconds * 1_000 - SLACK_MS;
    if (isLate || signalledAtMs !== undefined || facts.jumpedAtMs >= beganAtMs) return;
    const pod = facts.recordedPod(uid);
    const first = pod && stopsBefore(facts, instance, pod);
    if (first !== undefined)
      violate('sidecar-order', instance.name, 'of', instance.key, 'is stopped before', first);
  },
});

/** What still runs and has to end before this one is stopped. */
function stopsBefore(facts: Facts, { name, uid }: Instance, pod: Pod): string | undefined {
  const sidecars = (pod.spec.initContainers ?? []).filter((each) => isSidecar(each, pod));
  const rank = sidecars.findIndex((each) => each.name === name);
  if (rank < 0) return undefined;
  const earlier = new Set(sidecars.slice(0, rank + 1).map((each) => each.name));
  const running = [...facts.instances.values()].filter(
    (each) => each.uid === uid && facts.isRunning(each) && each.startedUnseen !== true,
  );
  return running.find((each) => !earlier.has(each.name))?.name;
}
