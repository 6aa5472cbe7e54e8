import { expect, test } from 'vitest';
import { UsageMeter, type UsageReading } from '../../../src/metrics/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const MB = 1_000_000;

/** Things that each use a constant share of a CPU, counted from time zero. */
class Counters {
  readonly clock = new VirtualClock();
  readonly shares = new Map<string, number>();
  readAtMs: number[] = [];
  failure: Error | undefined;
  readonly #meter = new UsageMeter({
    clock: this.clock,
    read: async () => {
      this.readAtMs.push(this.clock.monotonicMs());
      if (this.failure !== undefined) throw this.failure;
      return new Map([...this.shares].map(([key, share]) => [key, this.#reading(share)]));
    },
  });

  constructor(shares: Record<string, number>) {
    for (const [key, share] of Object.entries(shares)) this.shares.set(key, share);
  }

  #reading(share: number): UsageReading {
    const atMs = this.clock.nowMs();
    return { atMs, cpuNanoSeconds: this.clock.monotonicMs() * 1e6 * share, memoryBytes: 5 * MB };
  }

  async measure(): Promise<Record<string, object>> {
    return Object.fromEntries(await this.clock.complete(this.#meter.measure()));
  }

  async read(): Promise<readonly string[]> {
    return [...(await this.clock.complete(this.#meter.readings())).keys()];
  }

  /** What is told of something measured over so long until now. */
  told(cpuNanoCores: number, windowMs: number): object {
    return { atMs: this.clock.nowMs(), windowMs, cpuNanoCores, memoryBytes: 5 * MB };
  }
}

test('nobody asks, nothing is read; who asks first waits one second', async () => {
  const counters = new Counters({ a: 0.25, b: 2 });
  await counters.clock.advance(3_600_000);
  expect(counters.readAtMs).toEqual([]);
  const usage = await counters.measure();
  expect(counters.readAtMs).toEqual([3_600_000, 3_601_000]);
  expect(usage).toEqual({ a: counters.told(250_000_000, 1_000), b: counters.told(2_000_000_000, 1_000) });
});

test('within ten seconds the answer is the same, whoever asks', async () => {
  const counters = new Counters({ a: 1 });
  const [first, beside] = await Promise.all([counters.measure(), counters.measure()]);
  expect(beside).toEqual(first);
  await counters.clock.advance(8_999);
  expect(await counters.measure()).toEqual(first);
  expect(counters.readAtMs.length).toBe(2);
});

test('later it is of the time since, and nobody waits', async () => {
  const counters = new Counters({ a: 0.5 });
  await counters.measure();
  await counters.clock.advance(30_000);
  expect(await counters.measure()).toEqual({ a: counters.told(500_000_000, 30_000) });
  expect(counters.readAtMs).toEqual([0, 1_000, 31_000]);
});

test('what is older than a minute says nothing of now', async () => {
  const counters = new Counters({ a: 0.5 });
  await counters.measure();
  await counters.clock.advance(60_001);
  expect(await counters.measure()).toEqual({ a: counters.told(500_000_000, 1_000) });
});

test('what is new is measured over one second, the others since they were read last', async () => {
  const counters = new Counters({ a: 0.5 });
  await counters.measure();
  await counters.clock.advance(20_000);
  counters.shares.set('b', 3);
  expect(await counters.measure()).toEqual({
    a: counters.told(500_000_000, 21_000),
    b: counters.told(3_000_000_000, 1_000),
  });
});

test('what goes or comes within that second is left out', async () => {
  const counters = new Counters({ a: 1, b: 1 });
  const measuring = counters.measure();
  counters.clock.setTimer(500, () => {
    counters.shares.delete('a');
    counters.shares.set('c', 1);
  });
  expect(Object.keys(await measuring)).toEqual(['b']);
});

test('where there is nothing nobody waits', async () => {
  const counters = new Counters({});
  expect(await counters.measure()).toEqual({});
  expect(counters.readAtMs).toEqual([0]);
});

test('a clock that was set back leaves nothing to tell, and all is well the next time', async () => {
  const counters = new Counters({ a: 1 });
  await counters.measure();
  counters.clock.jumpWallClock(-3_600_000);
  await counters.clock.advance(10_000);
  expect(await counters.measure()).toEqual({});
  await counters.clock.advance(10_000);
  expect(await counters.measure()).toEqual({ a: counters.told(1_000_000_000, 10_000) });
});

test('a failure is told and not kept', async () => {
  const counters = new Counters({ a: 1 });
  counters.failure = new Error('the runtime is away');
  await expect(counters.measure()).rejects.toThrow('the runtime is away');
  counters.failure = undefined;
  expect(Object.keys(await counters.measure())).toEqual(['a']);
});

test('counters alone are read once in ten seconds, whoever asks, and nobody waits', async () => {
  const counters = new Counters({ a: 1, b: 1 });
  await Promise.all([counters.read(), counters.read()]);
  await counters.clock.advance(9_999);
  expect(await counters.read()).toEqual(['a', 'b']);
  expect(counters.readAtMs).toEqual([0]);
  await counters.clock.advance(1);
  await counters.read();
  expect(counters.readAtMs).toEqual([0, 10_000]);
});

test('rates are of what was read for counters, where there is enough of it', async () => {
  const counters = new Counters({ a: 0.5 });
  await counters.read();
  await counters.clock.advance(15_000);
  await counters.read();
  const told = counters.told(500_000_000, 15_000);
  await counters.clock.advance(5_000);
  expect(await counters.measure()).toEqual({ a: told });
  expect(counters.readAtMs).toEqual([0, 15_000]);
});

test('with one reading only, what is left of a second is waited for', async () => {
  const counters = new Counters({ a: 0.5 });
  await counters.read();
  await counters.clock.advance(400);
  expect(await counters.measure()).toEqual({ a: counters.told(500_000_000, 1_000) });
  expect(counters.readAtMs).toEqual([0, 1_000]);
});
