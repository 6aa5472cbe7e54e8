import type { HealthCheck, HealthSource } from '../api/index.ts';
import { type Clock, goDuration } from '../base/index.ts';
import type { Reconciler } from '../reconcile/index.ts';

export interface NodeHealthPorts {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly reconciler: Pick<Reconciler, 'report' | 'looks' | 'lastTickMs'>;
}

/**
 * What the loop may need beside its interval: a runtime that hangs is waited for over two minutes (cri/deadlines.ts), and that is no
 * reason to restart the daemon. The kubelet allows two intervals, and five minutes at least (kubelet: SyncLoopHealthCheck).
 */
const TICK_ALLOWANCE_MS = 180_000;

/**
 * The node is alive as long as its loop turns, whatever the runtime does; it is ready once a pass has gone over everything and while the
 * runtime answers: from then on the status means something. Sources of manifests have to be looked at, not to be readable: what was
 * known of one that cannot be read stays in force, and the status tells of it.
 */
export function nodeHealth(
  { clock, reconciler }: NodeHealthPorts,
  { intervalMs }: { readonly intervalMs: number },
): HealthSource {
  const allowedMs = 2 * intervalMs + TICK_ALLOWANCE_MS;
  const checks: readonly HealthCheck[] = [
    { name: 'ping', alive: true, problem: () => undefined },
    { name: 'syncloop', alive: true, problem: () => loopProblem(reconciler, clock, allowedMs) },
    { name: 'runtime', alive: false, problem: () => runtimeProblem(reconciler) },
    { name: 'manifests', alive: false, problem: () => manifestsProblem(reconciler) },
  ];
  return { healthChecks: () => checks };
}

/** Before its first turn it may be waiting for what it cannot do without. */
function loopProblem(
  { lastTickMs }: NodeHealthPorts['reconciler'],
  clock: NodeHealthPorts['clock'],
  allowedMs: number,
): string | undefined {
  if (lastTickMs === undefined) return undefined;
  const ageMs = clock.monotonicMs() - lastTickMs;
  if (ageMs <= allowedMs) return undefined;
  return `the last pass over the node ended ${goDuration(ageMs)} ago, which may be ${goDuration(allowedMs)} at most`;
}

function runtimeProblem(reconciler: NodeHealthPorts['reconciler']): string | undefined {
  const { passes, runtime } = reconciler.report();
  if (runtime.message !== undefined) return runtime.message;
  if (passes === 0) return 'the first pass has not ended';
  return runtime.ready ? undefined : 'no reason given';
}

function manifestsProblem(reconciler: NodeHealthPorts['reconciler']): string | undefined {
  return reconciler.looks().inForce > 0 ? undefined : 'the manifests were not looked at yet';
}
