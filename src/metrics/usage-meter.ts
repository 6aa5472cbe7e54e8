import { type Clock, sleep } from '../base/index.ts';

/** What something has used until a moment. */
export interface UsageReading {
  /** By the clock of whoever counts. */
  readonly atMs: number;
  /** All CPU time so far. */
  readonly cpuNanoSeconds: number;
  readonly memoryBytes: number;
}

/** What something uses: CPU on average over a window that ends at `atMs`, memory at its end. */
export interface MeasuredUsage {
  readonly atMs: number;
  readonly windowMs: number;
  readonly cpuNanoCores: number;
  readonly memoryBytes: number;
}

export interface UsageMeterPorts {
  readonly clock: Clock;
  /** All counters at one moment, by what they are of. */
  readonly read: () => Promise<ReadonlyMap<string, UsageReading>>;
}

/** For that long an answer is given again. */
const KEPT_MS = 10_000;
/** A reading that is older is no base: the window would say little of now. */
const BASE_MS = 60_000;
/** The shortest window, for what was not read before. */
const WINDOW_MS = 1_000;

/**
 * Measures only when asked, and at most every ten seconds: nobody asks, nothing is read. The rate of what was read within the last minute
 * is since then; of anything else it is over one second, which is waited for.
 */
export class UsageMeter {
  readonly #ports: UsageMeterPorts;
  #last: { readonly endedAtMs: number; readonly readings: ReadonlyMap<string, UsageReading> } | undefined;
  #answer:
    | { readonly begunAtMs: number; readonly usage: Promise<ReadonlyMap<string, MeasuredUsage>> }
    | undefined;

  constructor(ports: UsageMeterPorts) {
    this.#ports = ports;
  }

  /** By what it is of; what was there too briefly to be measured is left out. Rejects where reading does. */
  measure(): Promise<ReadonlyMap<string, MeasuredUsage>> {
    const begunAtMs = this.#ports.clock.monotonicMs();
    const before = this.#answer;
    if (before !== undefined && begunAtMs - before.begunAtMs < KEPT_MS) return before.usage;
    const usage = this.#measure();
    this.#answer = { begunAtMs, usage };
    // A failure is not kept.
    usage.catch(() => {
      if (this.#answer?.usage === usage) this.#answer = undefined;
    });
    return usage;
  }

  async #measure(): Promise<ReadonlyMap<string, MeasuredUsage>> {
    const { clock, read } = this.#ports;
    const last = this.#last;
    const isBase = last !== undefined && clock.monotonicMs() - last.endedAtMs <= BASE_MS;
    const base = isBase ? last.readings : new Map<string, UsageReading>();
    let since = base;
    let now = await read();
    if ([...now.keys()].some((key) => !base.has(key))) {
      since = new Map([...now, ...base]);
      await sleep(clock, WINDOW_MS);
      now = await read();
    }
    this.#last = { endedAtMs: clock.monotonicMs(), readings: now };
    return usageBetween(since, now);
  }
}

function usageBetween(
  since: ReadonlyMap<string, UsageReading>,
  now: ReadonlyMap<string, UsageReading>,
): ReadonlyMap<string, MeasuredUsage> {
  const usage = new Map<string, MeasuredUsage>();
  for (const [key, { atMs, cpuNanoSeconds, memoryBytes }] of now) {
    const before = since.get(key);
    const windowMs = atMs - (before?.atMs ?? atMs);
    // No window: it has just come, its counters are not counted anew each time, or the clock was set back.
    if (before === undefined || windowMs <= 0) continue;
    const cpuNanoCores = Math.max(0, (cpuNanoSeconds - before.cpuNanoSeconds) / (windowMs / 1000));
    usage.set(key, { atMs, windowMs, cpuNanoCores: Math.round(cpuNanoCores), memoryBytes });
  }
  return usage;
}
