import type { Clock } from '../../src/base/index.ts';
import type { HookRun } from '../../src/lifecycle/index.ts';
import type { HookKind, ProbeKind } from '../../src/pod/index.ts';
import type { ProbeCall, ProbeOutcome } from '../../src/probes/index.ts';
import type { PodRecord } from '../../src/state/index.ts';

/** A hook of an instance, whichever daemon began it. */
export interface HookFact {
  readonly run: HookRun;
  /** The daemon that began it last. */
  daemon: object | undefined;
  beganAtMs: number;
  endedAtMs?: number;
  failed?: boolean;
}

/** What the probes of one kind found in an instance. */
export interface ProbeFact {
  /** Results in a row that were the same, the last ones. */
  row: { readonly success: boolean; readonly sinceMs: number; readonly count: number };
  /** What they come to, by the thresholds of the probe; since when. */
  readonly verdict: { readonly success: boolean; readonly sinceMs: number };
  /** The longest rows there ever were. */
  mostFailures: number;
  mostSuccesses: number;
}

/** What probes and hooks came to, seen where they reach the world. */
export class LifeFacts {
  readonly #clock: Clock;
  readonly #hooks = new Map<string, HookFact>();
  readonly #probes = new Map<string, ProbeFact>();
  /** Instances of before all containers of their pod were made to begin anew. */
  readonly bygone = new Set<string>();
  readonly #restarting = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hook(id: string, kind: HookKind): HookFact | undefined {
    return this.#hooks.get(`${kind} ${id}`);
  }

  probe(id: string, kind: ProbeKind): ProbeFact | undefined {
    return this.#probes.get(`${kind} ${id}`);
  }

  beginHook(run: HookRun, daemon: object): void {
    this.#hooks.set(`${run.hook} ${run.id}`, { run, daemon, beganAtMs: this.#clock.monotonicMs() });
  }

  endHook({ id, hook }: HookRun, failed: boolean): void {
    const fact = this.hook(id, hook);
    if (fact === undefined) return;
    fact.endedAtMs = this.#clock.monotonicMs();
    fact.failed = failed;
  }

  noteProbe({ id, kind, probe }: ProbeCall, { result }: ProbeOutcome): void {
    const success = result !== 'failure';
    const fact = this.probe(id, kind);
    const sinceMs = this.#clock.monotonicMs();
    const row =
      fact?.row.success === success
        ? { ...fact.row, count: fact.row.count + 1 }
        : { success, sinceMs, count: 1 };
    const isEnough = row.count >= (success ? probe.successThreshold : probe.failureThreshold);
    // What was not found yet counts as not ready.
    const before = fact?.verdict ?? { success: false, sinceMs };
    const [failures, successes] = success ? [0, row.count] : [row.count, 0];
    this.#probes.set(`${kind} ${id}`, {
      row,
      verdict: isEnough && success !== before.success ? { success, sinceMs } : before,
      mostFailures: Math.max(fact?.mostFailures ?? 0, failures),
      mostSuccesses: Math.max(fact?.mostSuccesses ?? 0, successes),
    });
  }

  /** `ids` are those of the pod's instances there ever were. */
  noteSaved({ uid, restartingAll }: PodRecord, ids: () => readonly string[]): void {
    if (restartingAll !== undefined) this.#restarting.add(uid);
    else if (this.#restarting.delete(uid)) for (const id of ids()) this.bygone.add(id);
  }
}
