import { allContainers, type Pod } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import type { CheckOf } from './check.ts';

const BEGINNING = new Set(['CreateContainer', 'StartContainer']);

/** The postStart hook of a container has ended before a later one is made or started. */
export const postStart: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '' }) {
    if (!BEGINNING.has(name)) return;
    const begun = facts.instances.get(request.container_id ?? '');
    const pod = begun?.pod ?? facts.versions.of(request.sandbox_config?.annotations);
    const container = begun?.name ?? request.config?.metadata?.name ?? '';
    const sandboxId = begun?.sandboxId ?? request.pod_sandbox_id ?? '';
    if (pod === undefined) return;
    for (const earlier of before(pod, container)) {
      const last = facts.instancesOf(uid, earlier).at(-1);
      if (last?.sandboxId !== sandboxId || !facts.isRunning(last) || last.stop !== undefined) continue;
      if (last.startedUnseen === true || !hasHook(facts, last, pod) || isOver(facts, last)) continue;
      violate('post-start', name, 'of', container, 'before the end of the postStart hook of', earlier);
    }
  },
});

function before(pod: Pod, name: string): string[] {
  const names = allContainers(pod).map((each) => each.name);
  return names.slice(0, Math.max(names.indexOf(name), 0));
}

/** In every version that may be in force. */
function hasHook(facts: Facts, { uid, name, pod }: Instance, now: Pod): boolean {
  const recorded = facts.recordedPod(uid);
  return [pod, now, ...(recorded ? [recorded] : [])].every((each) =>
    allContainers(each).some((one) => one.name === name && one.lifecycle?.postStart !== undefined),
  );
}

function isOver(facts: Facts, { id }: Instance): boolean {
  return facts.lives.hook(id, 'postStart')?.endedAtMs !== undefined;
}
