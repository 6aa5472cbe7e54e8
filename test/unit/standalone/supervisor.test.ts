import { describe, expect, it } from 'vitest';
import { type Clock, identifyProcess, type ProcessIdentity, silentLogger } from '../../../src/base/index.ts';
import { Supervisor } from '../../../src/standalone/supervisor.ts';

/** A clock that fires its one pending timer when told to, and remembers how long it was set for. */
class StepClock implements Clock {
  readonly delaysMs: number[] = [];
  #pending: (() => void) | undefined;
  #nowMs = 0;

  nowMs = () => this.#nowMs;
  monotonicMs = () => this.#nowMs;

  setTimer(delayMs: number, callback: () => void) {
    this.delaysMs.push(delayMs);
    this.#pending = callback;
    return {
      cancel: () => {
        this.#pending = undefined;
      },
    };
  }

  /** Lets the time of the pending timer pass; resolves when the next one was set. */
  async step(): Promise<void> {
    const [count, fire] = [this.delaysMs.length, this.#pending];
    this.#nowMs += this.delaysMs.at(-1) ?? 0;
    this.#pending = undefined;
    fire?.();
    while (fire !== undefined && this.delaysMs.length === count) await new Promise(setImmediate);
  }
}

const dead: ProcessIdentity = { pid: process.pid, startTicks: '1' };

async function supervise(respawn: () => Promise<ProcessIdentity>, first = dead) {
  const clock = new StepClock();
  return { clock, supervisor: new Supervisor({ first, respawn, clock, logger: silentLogger }) };
}

describe.skipIf(process.platform !== 'linux')('Supervisor', () => {
  it('looks every second and leaves a living process alone', async () => {
    const alive = (await identifyProcess(process.pid)) ?? dead;
    const { clock } = await supervise(() => Promise.reject(new Error('not called')), alive);
    for (let step = 0; step < 3; step += 1) await clock.step();
    expect(clock.delaysMs).toEqual([1000, 1000, 1000, 1000]);
  });

  it('replaces a dead one, and waits longer and longer while that does not hold', async () => {
    let calls = 0;
    const { clock } = await supervise(async () => {
      calls += 1;
      if (calls === 2) throw new Error('no');
      return dead;
    });
    for (let step = 0; step < 8; step += 1) await clock.step();
    expect(calls).toBe(8);
    expect(clock.delaysMs).toEqual([1000, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  it('shows the process that runs now', async () => {
    const alive = (await identifyProcess(process.pid)) ?? dead;
    const { clock, supervisor } = await supervise(async () => alive);
    expect(supervisor.current).toBe(dead);
    await clock.step();
    expect(supervisor.current).toBe(alive);
  });

  it('starts nothing after it was closed', async () => {
    const { clock, supervisor } = await supervise(() => Promise.reject(new Error('not called')));
    await supervisor.close();
    await clock.step();
    expect(clock.delaysMs).toEqual([1000]);
  });
});
