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

export interface UsageMeterPorts<Reading extends UsageReading = UsageReading> {
  readonly clock: Clock;
  /** All counters at one moment, by what they are of. */
  readonly read: () => Promise<ReadonlyMap<string, Reading>>;
}

/** All counters, and when they were read, monotonic. */
interface Look<Reading> {
  readonly begunAtMs: number;
  readonly endedAtMs: number;
  readonly readings: ReadonlyMap<string, Reading>;
}

/** For that long what was read is good enough. */
const KEPT_MS = 10_000;
/** A reading that is older is no base: the window would say little of now. */
const BASE_MS = 60_000;
/** The shortest window, for what was not read before. */
const WINDOW_MS = 1_000;

/**
 * Reads only when asked, and at most every ten seconds, whoever asks for what: nobody asks, nothing is read. The rate of what was read
 * within the last minute is since then; of anything else it is over one second, which is waited for.
 */
export class UsageMeter<Reading extends UsageReading = UsageReading> {
  readonly #ports: UsageMeterPorts<Reading>;
  #before: Look<Reading> | undefined;
  #last: Look<Reading> | undefined;
  #reading: Promise<Look<Reading>> | undefined;
  #measuring: Promise<ReadonlyMap<string, MeasuredUsage>> | undefined;

  constructor(ports: UsageMeterPorts<Reading>) {
    this.#ports = ports;
  }

  /** The counters themselves, by what they are of. Rejects where reading does. */
  async readings(): Promise<ReadonlyMap<string, Reading>> {
    return (await this.#recent()).readings;
  }

  /** Rates, by what they are of; what was there too briefly to be measured is left out. Rejects where reading does. */
  measure(): Promise<ReadonlyMap<string, MeasuredUsage>> {
    this.#measuring ??= this.#measure().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  async #measure(): Promise<ReadonlyMap<string, MeasuredUsage>> {
    const { clock } = this.#ports;
    const now = await this.#recent();
    const isBase = this.#before !== undefined && now.endedAtMs - this.#before.endedAtMs <= BASE_MS;
    const base = isBase ? this.#before?.readings : undefined;
    const since = new Map([...now.readings, ...(base ?? [])]);
    if ([...now.readings.keys()].every((key) => base?.has(key))) return usageBetween(since, now.readings);
    await sleep(clock, Math.max(0, WINDOW_MS - (clock.monotonicMs() - now.endedAtMs)));
    return usageBetween(since, (await this.#read()).readings);
  }

  async #recent(): Promise<Look<Reading>> {
    const last = this.#last;
    const isRecent = last !== undefined && this.#ports.clock.monotonicMs() - last.begunAtMs < KEPT_MS;
    return isRecent ? last : this.#read();
  }

  /** Whoever comes while it is under way has the same. A failure is not kept. */
  #read(): Promise<Look<Reading>> {
    this.#reading ??= this.#readAnew().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAnew(): Promise<Look<Reading>> {
    const { clock, read } = this.#ports;
    const begunAtMs = clock.monotonicMs();
    const readings = await read();
    this.#before = this.#last;
    this.#last = { begunAtMs, endedAtMs: clock.monotonicMs(), readings };
    return this.#last;
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
