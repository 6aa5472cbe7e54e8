import type { Pod } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import { delayAfter, dueAfterFault, governs, isFault, isPlainInit, policyOf, verdictOn } from '../policy.ts';
import type { CheckOf } from './check.ts';
import { isOutdated } from './needless-stop.ts';

/**
 * Restart policies and rules, and CrashLoopBackOff, reckoned from exits that were seen and not from what the daemon noted. An instance
 * that was stopped to be replaced, or is of another version, has no say over the next one.
 */
export const restarts: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '', atWallMs }) {
    if (name !== 'CreateContainer') return;
    const pod = facts.versions.of(request.sandbox_config?.annotations);
    const container = request.config?.metadata?.name ?? '';
    const sandboxId = request.pod_sandbox_id ?? '';
    const history = historyOf(facts, { uid, name: container, pod, sandboxId });
    const last = history.at(-1);
    if (pod === undefined || last === undefined || !governs(last, pod)) return;
    // What was stopped on its way to its end begins anew.
    if (isPlainInit(last.container, last.pod) && last.stop !== undefined) return;
    if (last.exitedAtMs === undefined || isOutdated(last, pod, facts.recentObjects())) return;
    if (!mayFollow(last, pod))
      violate('restart-policy', container, 'of', last.key, 'is made again after exit', last.exitCode);
    // The runtime tells times of day: a run across a jump looks as long as the jump.
    if (facts.jumpedAtMs >= (history[0]?.createdAtMs ?? 0)) return;
    const dueMs = dueAt(history, pod);
    if (atWallMs < dueMs)
      violate('back-off', container, 'of', last.key, 'is made', dueMs - atWallMs, 'ms too early');
  },
});

function mayFollow(last: Instance, pod: Pod): boolean {
  if (isFault(last) || last.stop?.cause === 'shutdown')
    return (
      policyOf(last.container, pod) !== 'Never' || verdictOn(pod, last.name, last.exitCode ?? 0) !== 'stays'
    );
  return verdictOn(pod, last.name, last.exitCode ?? 0) === 'again';
}

/** By the wall clock. */
export function dueAt(history: readonly Instance[], pod: Pod): number {
  const last = history.at(-1);
  if (last === undefined) return 0;
  if (last.stop?.cause === 'shutdown') return 0;
  if (isFault(last)) return dueAfterFault(history, history.length - 1, pod);
  return (last.exitedAtWallMs ?? 0) + delayAfter(history, history.length - 1, pod);
}

interface Place {
  readonly uid: string;
  readonly name: string;
  readonly pod: Pod | undefined;
  readonly sandboxId: string;
}

/** The instances that one more would follow. Init containers that run to their end begin anew in every sandbox. */
function historyOf(facts: Facts, { uid, name, pod, sandboxId }: Place): readonly Instance[] {
  const all = sinceRestartOfAll(facts, uid, name);
  const container = pod?.spec.initContainers?.find((each) => each.name === name);
  if (pod === undefined || container === undefined || !isPlainInit(container, pod)) return all;
  return all.filter((each) => each.sandboxId === sandboxId);
}

/** The instances that the present ones follow: those of before are removed when all containers begin anew. */
export function sinceRestartOfAll(facts: Facts, uid: string, name: string): readonly Instance[] {
  return facts.instancesOf(uid, name).filter(({ id }) => !facts.lives.bygone.has(id));
}
