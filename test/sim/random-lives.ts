import {
  annotation,
  type Container,
  type HookHandler,
  type Lifecycle,
  type Pod,
  type Probe,
  type ProbeKind,
  type RestartPolicy,
  type RestartRule,
} from '../../src/pod/index.ts';
import type { Behaviour, CommandBehaviour, CommandPlace } from '../fakes/behaviour.ts';
import type { SeededRandom } from '../fakes/seeded-random.ts';

/** What a container does, and from when on its probes say what. Times count from its start. */
export interface SimBehaviour extends Behaviour {
  /** Its startup probe fails until then. */
  readonly upFromMs?: number;
  /** Its liveness probe fails from then on. */
  readonly sickFromMs?: number;
  /** Its readiness probe fails until then; never, if it is never ready. */
  readonly readyFromMs?: number;
  /** And again from then on. */
  readonly busyFromMs?: number;
}

/** What rides in the arguments of a container: another behaviour is another version of it. */
export function behaviourOf(config: { readonly args?: readonly string[] }): SimBehaviour {
  return JSON.parse(config.args?.[0] ?? '{}') as SimBehaviour;
}

/** Commands that say themselves what they do: `["probe", kind]` asks the container's behaviour, `["hook", behaviour]` is its own. */
export function commandOf([what, said = '{}']: readonly string[], place: CommandPlace): CommandBehaviour {
  if (what !== 'probe') return JSON.parse(said) as CommandBehaviour;
  const succeeds = answerOf(behaviourOf(place.config), said as ProbeKind, place.sinceStartMs);
  return { takesMs: 5, exitCode: succeeds ? 0 : 1 };
}

/** What a probe finds. */
export function answerOf(behaviour: SimBehaviour, kind: ProbeKind, sinceStartMs: number): boolean {
  const { upFromMs = 0, sickFromMs = Number.POSITIVE_INFINITY } = behaviour;
  const { readyFromMs = 0, busyFromMs = Number.POSITIVE_INFINITY } = behaviour;
  switch (kind) {
    case 'startup':
      return sinceStartMs >= upFromMs;
    case 'liveness':
      return sinceStartMs < sickFromMs;
    case 'readiness':
      return sinceStartMs >= readyFromMs && sinceStartMs < busyFromMs;
  }
}

/** How healthy a container is, as far as anyone asks. */
export function randomHealth(random: SeededRandom, lives: Lives): SimBehaviour {
  const { startupProbe, livenessProbe, readinessProbe } = lives;
  return {
    ...(startupProbe && random.chance(0.7) && { upFromMs: random.between(0, 12_000) }),
    ...(livenessProbe && random.chance(0.5) && { sickFromMs: random.between(2_000, 60_000) }),
    ...(readinessProbe &&
      random.chance(0.6) && { readyFromMs: random.chance(0.3) ? 3_600_000 : random.between(0, 10_000) }),
    ...(readinessProbe && random.chance(0.25) && { busyFromMs: random.between(5_000, 60_000) }),
  };
}

export type Lives = Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe' | 'lifecycle'>;

/** Probes and hooks; most containers have none. */
export function randomLives(random: SeededRandom): Lives {
  if (random.chance(0.5)) return {};
  return {
    ...(random.chance(0.35) && { startupProbe: randomProbe(random, 'startup') }),
    ...(random.chance(0.35) && { livenessProbe: randomProbe(random, 'liveness') }),
    ...(random.chance(0.4) && { readinessProbe: randomProbe(random, 'readiness') }),
    ...(random.chance(0.45) && { lifecycle: randomLifecycle(random) }),
  };
}

function randomProbe(random: SeededRandom, kind: ProbeKind): Probe {
  return {
    // Half of them by a command in the container, half from outside.
    handler: random.chance(0.5)
      ? { kind: 'exec', command: ['probe', kind] }
      : { kind: 'tcpSocket', port: 80 },
    initialDelaySeconds: random.pick([0, 0, 1, 4]),
    timeoutSeconds: random.pick([1, 1, 2]),
    periodSeconds: random.pick([1, 2, 5, 10]),
    successThreshold: kind === 'readiness' ? random.pick([1, 1, 2]) : 1,
    failureThreshold: random.pick([1, 2, 3, 5]),
    ...(kind !== 'readiness' && random.chance(0.3) && { terminationGracePeriodSeconds: random.pick([1, 4]) }),
  };
}

function randomLifecycle(random: SeededRandom): Lifecycle {
  // What begins must end for others to begin; what ends may take all its time.
  const [first, second] = [randomHook(random, 0.08), randomHook(random, 0.3)];
  if (random.chance(0.3)) return { postStart: first };
  return random.chance(0.5) ? { preStop: second } : { postStart: first, preStop: second };
}

function randomHook(random: SeededRandom, long: number): HookHandler {
  const takesMs = random.chance(long) ? random.between(5_000, 60_000) : random.between(0, 4_000);
  if (random.chance(0.3)) return { kind: 'sleep', seconds: Math.round(takesMs / 1_000) };
  const command: CommandBehaviour = { takesMs, exitCode: random.chance(0.15) ? 1 : 0 };
  return { kind: 'exec', command: ['hook', JSON.stringify(command)] };
}

type Policies = Pick<Container, 'restartPolicy' | 'restartPolicyRules'>;

/** A container's own restart policy; rules need one. */
export function randomPolicies(random: SeededRandom): Policies {
  if (random.chance(0.8)) return {};
  const restartPolicy = random.pick<RestartPolicy>(['Always', 'OnFailure', 'Never']);
  return { restartPolicy, ...(random.chance(0.5) && { restartPolicyRules: [randomRule(random)] }) };
}

function randomRule(random: SeededRandom): RestartRule {
  return {
    action: random.chance(0.4) ? 'RestartAllContainers' : 'Restart',
    operator: random.chance(0.7) ? 'In' : 'NotIn',
    exitCodes: random.pick([[0], [1], [1, 2], [3]]),
  };
}

/** What pods ask of the daemon by annotations, and which pods they wait for. */
export function randomWishes(
  random: SeededRandom,
  others: readonly string[],
): Pod['metadata']['annotations'] {
  return {
    ...(random.chance(0.5) && { [annotation.restartOnConfigChange]: 'true' }),
    ...(random.chance(0.5) && {
      [annotation.rollback]: 'true',
      [annotation.progressDeadline]: random.pick(['5s', '15s', '30s']),
    }),
    ...(random.chance(0.1) && { [annotation.crashLoopMax]: random.pick(['1s', '15s', '60s']) }),
    ...(others.length > 0 && random.chance(0.2) && { [annotation.startAfter]: random.pick(others) }),
  };
}
