import type { Container, ProbeKind } from '../../src/pod/index.ts';
import type { Instance } from './instance.ts';
import type { World } from './world.ts';

/** The longest hook, and time for a record and a look. */
const LONGEST_HOOK_MS = 65_000;
const SLACK_MS = 5_000;

/** A stop or a hook of the pod is under way, as long as it may be. */
export function isInFlux({ facts, clock }: World, uid: string): boolean {
  const nowMs = clock.monotonicMs();
  return [...facts.instances.values()].some((instance) => {
    if (instance.uid !== uid || !facts.isRunning(instance)) return false;
    const { stop, id } = instance;
    if (stop !== undefined) return nowMs < stop.beganAtMs + stop.graceSeconds * 1_000 + 2 * SLACK_MS;
    const hook = facts.lives.hook(id, 'postStart');
    return hook !== undefined && hook.endedAtMs === undefined && nowMs < hook.beganAtMs + LONGEST_HOOK_MS;
  });
}

/** As far as its startup probe says, if it has one. What had none when it began has started, whatever an edit asks. */
export function isStarted(
  { facts }: Pick<World, 'facts'>,
  instance: Instance,
  container: Container,
): boolean {
  const hasProbe = container.startupProbe !== undefined && instance.container.startupProbe !== undefined;
  return !hasProbe || (facts.lives.probe(instance.id, 'startup')?.mostSuccesses ?? 0) > 0;
}

/** Whether every probe that is due has been made. */
export function isProbed(world: World, instance: Instance, container: Container): boolean {
  const { facts, clock } = world;
  const started = isStarted(world, instance, container);
  const kinds: readonly ProbeKind[] = started ? ['liveness', 'readiness'] : ['startup'];
  return kinds.every((kind) => {
    const probe = container[`${kind}Probe`];
    if (probe === undefined || facts.lives.probe(instance.id, kind) !== undefined) return true;
    const waitMs = (probe.initialDelaySeconds + probe.periodSeconds) * 1_000 + SLACK_MS;
    const upMs = facts.lives.probe(instance.id, 'startup')?.row.sinceMs ?? instance.startedAtMs ?? 0;
    return clock.monotonicMs() < Math.max(upMs, instance.startedAtMs ?? 0, facts.daemonStartedMs) + waitMs;
  });
}

/** Its liveness probe, or its startup probe, has failed as often as it may, some time ago. */
export function isSick({ facts, clock }: World, { id }: Instance, container: Container): boolean {
  return (['liveness', 'startup'] as const).some((kind) => {
    const probe = container[`${kind}Probe`];
    const { row } = facts.lives.probe(id, kind) ?? {};
    if (probe === undefined || row === undefined || row.success || row.count < probe.failureThreshold)
      return false;
    return (
      clock.monotonicMs() > row.sinceMs + probe.failureThreshold * probe.periodSeconds * 1_000 + SLACK_MS
    );
  });
}
