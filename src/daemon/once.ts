import { type Clock, sleep } from '../base/index.ts';
import type { NodeReport, PodReport } from '../status/index.ts';
import { createNode } from './node.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

export interface OnceResult {
  readonly outcome: 'done' | 'failed' | 'timeout';
  readonly report: NodeReport;
}

/** What a waiting reason must not be for a run to have come to its end. */
const STILL_GOING = new Set([
  ...['ContainerCreating', 'PostStartHook', 'RestartingAllContainers', 'Updating'],
  ...['PodTerminating', 'Stopping', 'StartAfter', 'StopAfter'],
]);

/** Reconciles until every container has started or finished, something failed, or the time is over. Pods stay. */
export async function runOnce(
  options: DaemonOptions,
  timeoutMs: number,
  ports: NodePorts,
): Promise<OnceResult> {
  const node = await createNode(options, ports);
  try {
    const decided = new Promise<OnceResult['outcome']>((resolve) => {
      node.reconciler.onChange(() => {
        const outcome = judge(node.reconciler.report(), node.reconciler.isSettled());
        if (outcome !== undefined) resolve(outcome);
      });
    });
    const started = node
      .firstAnswers()
      .then(() => node.start())
      .then(() => decided);
    const outcome = await Promise.race([started, timeout(ports.clock, timeoutMs)]);
    return { outcome, report: node.reconciler.report() };
  } finally {
    await node.close();
  }
}

/** Undefined while it may still come right. Pure. */
export function judge(report: NodeReport, settled: boolean): OnceResult['outcome'] | undefined {
  if (report.passes === 0 || !report.runtime.ready || !settled) return undefined;
  const reasons = report.pods.flatMap((pod) => pod.waiting.map(({ reason }) => reason));
  if (reasons.some((reason) => STILL_GOING.has(reason))) return undefined;
  if (reasons.length === 0 && report.pods.some(isInitializing)) return undefined;
  const unread = report.directories.some(({ problem }) => problem !== undefined);
  return reasons.length > 0 || report.refused.length > 0 || unread ? 'failed' : 'done';
}

/** An init container or a sidecar keeps the others from beginning, and there is nothing to wait for but its time. */
function isInitializing({ phase, containers }: PodReport): boolean {
  return phase === 'Pending' && containers.some(({ state }) => 'waiting' in state);
}

async function timeout(clock: Clock, timeoutMs: number): Promise<'timeout'> {
  await sleep(clock, timeoutMs);
  return 'timeout';
}
