import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRunProbe } from '../../src/probes/index.ts';
import { aContainer, aHook, aProbe, StillWorld } from './still-world.ts';
import type { Alter } from './world.ts';

/** Exact times of probes beside the rest of the daemon's work. */
let world = new StillWorld();

beforeEach(() => {
  world = new StillWorld();
});

afterEach(() => {
  expect(world.safety.violation).toBeUndefined();
  world.crashDaemon();
});

function readyWords(): string | undefined {
  return world.daemon?.reconciler.report().pods[0]?.words.ready;
}

describe('readiness after a restart of the daemon', () => {
  test('is known again within a second, however rarely it is asked for', async () => {
    await world.begin();
    await world.put({ container: { readinessProbe: aProbe({ periodSeconds: 60 }) } });
    await world.clock.advance(10_000);
    expect(readyWords()).toBe('1/1');
    await world.crashFor(5_000);
    expect(readyWords()).toBe('0/1');
    await world.clock.advance(1_000);
    expect(readyWords()).toBe('1/1');
  });
});

/** Commands have the real turns of the daemon. */
const inTurns: Alter = (ports, { safety }) => {
  const run = createRunProbe({ cri: ports.cri, clock: ports.clock });
  return {
    ...ports,
    runProbe: async (call, signal) => {
      const outcome = await run(call, signal);
      safety.noteProbe(call, outcome);
      return outcome;
    },
  };
};

describe('commands that take longer than their period, more of them than may begin at once', () => {
  const slow = aProbe({ handler: aHook(10_000), periodSeconds: 1, timeoutSeconds: 20 });
  const names = Array.from({ length: 40 }, (_, index) => `c${index}`);
  const asked = names.map((name) => aContainer(name, {}, { livenessProbe: slow, readinessProbe: slow }));

  /** When each call of that name is made, in milliseconds. */
  function timesOf(name: string): readonly number[] {
    const times: number[] = [];
    world.model.onCall(({ phase, call }) => {
      if (phase === 'before' && call === name) times.push(world.clock.monotonicMs());
    });
    return times;
  }

  test('delay no pass: what is written is begun and ended at once, and nothing is looked at late', async () => {
    world = new StillWorld({ alter: inTurns });
    await world.begin();
    await world.put({ name: 'asked', spec: { containers: asked } });
    await world.clock.advance(30_000);
    const [began, looks, commands] = [
      world.clock.monotonicMs(),
      timesOf('ListContainers'),
      timesOf('ExecSync'),
    ];
    await world.put({ behaviour: { onStop: { afterMs: 0 } } });
    expect(world.instances().map(({ startedAtMs }) => startedAtMs)).toEqual([began]);
    await world.clock.advance(10_000);
    await world.take();
    expect(world.instances().map(({ exitedAtMs }) => exitedAtMs)).toEqual([began + 10_000]);
    const due = [2_000, 4_000, 6_000, 8_000, 10_000].map((ms) => began + ms);
    expect(looks).toEqual(expect.arrayContaining(due));
    // Four begin a second: more would keep the runtime from what passes ask of it.
    const beside = commands.map((ms) => commands.filter((other) => other === ms).length);
    expect(Math.max(...beside)).toBe(4);
    expect(commands.length).toBeLessThanOrEqual(4 * 11);
  });
});
