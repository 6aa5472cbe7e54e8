import type { Pod } from '../../../src/pod/index.ts';
import type { Instance } from '../facts.ts';
import { sameContainer, samePodLevel } from '../same-version.ts';
import type { CheckOf } from './check.ts';
import { isOutdated } from './needless-stop.ts';

const RESET_AFTER_MS = 600_000;
const DELAYS_SECONDS = [0, 10, 20, 40, 80, 160, 300];

/**
 * The restart policy and CrashLoopBackOff, reckoned from exits that were seen and not from what the daemon noted. An instance that was
 * stopped, or is of another version, has no say over the next one.
 */
export const restarts: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '', atWallMs }) {
    if (name !== 'CreateContainer') return;
    const pod = facts.versions.of(request.sandbox_config?.annotations);
    const container = request.config?.metadata?.name ?? '';
    const history = facts.instancesOf(uid, container);
    const last = history.at(-1);
    if (pod === undefined || last === undefined || !governs(last, pod)) return;
    if (last.exitedAtMs === undefined || isOutdated(last, pod, facts.recentObjects())) return;
    const policy = pod.spec.restartPolicy;
    if (policy === 'Never' || (policy === 'OnFailure' && last.exitCode === 0))
      violate(
        'restart-policy',
        container,
        'of',
        last.key,
        'is made again after exit',
        last.exitCode,
        'under',
        policy,
      );
    // The runtime tells times of day: a run across a jump looks as long as the jump.
    if (facts.jumpedAtMs >= (history[0]?.createdAtMs ?? 0)) return;
    const dueMs = (last.exitedAtWallMs ?? 0) + delayAfter(history, history.length - 1);
    if (atWallMs < dueMs)
      violate('back-off', container, 'of', last.key, 'is made', dueMs - atWallMs, 'ms too early');
  },
});

/** How long nothing may follow the exit of this instance. */
export function delayAfter(history: readonly Instance[], index: number): number {
  const instance = history[index];
  if (instance === undefined || ranLong(instance)) return 0;
  const seconds = DELAYS_SECONDS[Math.min(stepsBefore(history, index), DELAYS_SECONDS.length - 1)] ?? 0;
  return seconds * 1000;
}

/** How many exits in a row led to this instance. */
function stepsBefore(history: readonly Instance[], index: number): number {
  const [instance, before] = [history[index], history[index - 1]];
  if (instance === undefined || before === undefined || instance.isRenewed) return 0;
  if (!governs(before, instance.pod)) return 0;
  if (before.exitedAtMs === undefined) return stepsBefore(history, index - 1);
  return ranLong(before) ? 1 : stepsBefore(history, index - 1) + 1;
}

function governs(before: Instance, pod: Pod): boolean {
  return before.stop === undefined && samePodLevel(before.pod, pod) && sameContainer(before, pod);
}

function ranLong({ startedAtMs, exitedAtMs }: Instance): boolean {
  return startedAtMs !== undefined && exitedAtMs !== undefined && exitedAtMs - startedAtMs > RESET_AFTER_MS;
}
