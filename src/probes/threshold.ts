import type { Probe, ProbeKind } from '../pod/index.ts';

/** What counts of an outcome: a warning is a success. */
export type ProbeResult = 'success' | 'failure';

/** Where a probe of one instance stands. */
export interface ProbeState {
  /** What holds: that of the last run of equal results which was long enough. */
  readonly result: ProbeResult | 'unknown';
  readonly last?: ProbeResult;
  /** How often `last` came in a row. */
  readonly run: number;
  /** Nothing is asked any more of this instance: it failed what it is to be stopped for. */
  readonly held: boolean;
}

/** What holds until a probe knows better (kubelet: prober/worker.go newWorker). */
const INITIAL: Readonly<Record<ProbeKind, ProbeState['result']>> = {
  readiness: 'failure',
  liveness: 'success',
  startup: 'unknown',
};

/** Before the first result; `result` is what held before an edit of the probe. */
export function initialState(kind: ProbeKind, result: ProbeState['result'] = INITIAL[kind]): ProbeState {
  return { result, run: 0, held: false };
}

/**
 * Counts a result (kubelet: prober/worker.go doProbe). It holds once it came as often in a row as its threshold says. A failure of
 * liveness or startup that holds does so until the instance is gone: what is being stopped is not probed.
 */
export function countResult(
  state: ProbeState,
  last: ProbeResult,
  { kind, probe }: { readonly kind: ProbeKind; readonly probe: Probe },
): ProbeState {
  const run = state.last === last ? state.run + 1 : 1;
  const threshold = last === 'success' ? probe.successThreshold : probe.failureThreshold;
  if (run < threshold) return { ...state, last, run };
  if (last === 'failure' && kind !== 'readiness') return { result: last, last, run: 0, held: true };
  return { result: last, last, run, held: false };
}
