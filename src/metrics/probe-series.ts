import type { ProbeKind } from '../pod/index.ts';
import type { Instruments } from './instruments.ts';

/** A probe that was carried out. */
export interface ProbedOnce {
  readonly kind: ProbeKind;
  readonly result: 'successful' | 'failed';
  readonly container: string;
  readonly pod: string;
  readonly namespace: string;
  readonly podUid: string;
  readonly durationMs: number;
}

/** (kubelet: prober_manager.go probeType.String) */
const KINDS: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};

interface Series {
  readonly of: Readonly<Record<'probe_type' | 'container' | 'pod' | 'namespace', string>>;
  readonly results: Set<ProbedOnce['result']>;
}

/** The series of probes, which go with their pods: there would be no end to them. */
export class ProbeSeries {
  /** By pod, then by container and kind. */
  readonly #series = new Map<string, Map<string, Series>>();

  note(probe: ProbedOnce, { probeResults, probeSeconds }: Instruments): void {
    const { podUid, result, durationMs } = probe;
    const { of, results } = this.#seriesOf(probe);
    results.add(result);
    probeResults.inc({ ...of, pod_uid: podUid, result });
    if (result === 'successful') probeSeconds.observe(of, durationMs / 1000);
  }

  forget(podUid: string, { probeResults, probeSeconds }: Instruments): void {
    for (const { of, results } of this.#series.get(podUid)?.values() ?? []) {
      for (const result of results) probeResults.remove({ ...of, pod_uid: podUid, result });
      probeSeconds.remove(of);
    }
    this.#series.delete(podUid);
  }

  #seriesOf({ podUid, kind, container, pod, namespace }: ProbedOnce): Series {
    const ofPod = this.#series.get(podUid) ?? new Map<string, Series>();
    this.#series.set(podUid, ofPod);
    const key = `${container} ${kind}`;
    const known = ofPod.get(key);
    if (known !== undefined) return known;
    const of = { probe_type: KINDS[kind], container, pod, namespace };
    const series: Series = { of, results: new Set() };
    ofPod.set(key, series);
    return series;
  }
}
