import type { Clock } from '../base/index.ts';
import type { ProbedOnce } from '../metrics/index.ts';
import { label, type ObservedContainer } from '../pod/index.ts';
import type { RunProbe } from '../probes/index.ts';

export interface CountProbesPorts {
  readonly clock: Clock;
  /** A container as the runtime last listed it. */
  readonly container: (id: string) => Pick<ObservedContainer, 'labels'> | undefined;
  readonly probed: (probe: ProbedOnce) => void;
}

/** The same probes, counted. What could not be carried out says nothing of a container, and counts for nothing (kubelet: doProbe). */
export function countProbes(run: RunProbe, { clock, container, probed }: CountProbesPorts): RunProbe {
  return async (call, signal) => {
    const begunMs = clock.monotonicMs();
    const outcome = await run(call, signal);
    const labels = container(call.id)?.labels;
    // Cancelled, or of a pod that is gone: the series would outlive it.
    if (signal.aborted || labels === undefined) return outcome;
    probed({
      kind: call.kind,
      result: outcome.result === 'failure' ? 'failed' : 'successful',
      container: call.container.name,
      pod: labels[label.podName] ?? '',
      namespace: labels[label.podNamespace] ?? '',
      podUid: labels[label.podUid] ?? '',
      durationMs: clock.monotonicMs() - begunMs,
    });
    return outcome;
  };
}
