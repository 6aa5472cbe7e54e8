import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { annotation } from '../../src/pod/index.ts';
import { aContainer, aHook, aProbe, type Manifest, StillWorld } from './still-world.ts';

/** Exact times of a pod's life: probes, hooks, what waits for what, and what is left of a grace period. Milliseconds since `began`. */
let world = new StillWorld();
let began = 0;

const NEVER_READY = { readyFromMs: 3_600_000 };

beforeEach(() => {
  world = new StillWorld();
});

afterEach(() => {
  // The checks know of no node that differs.
  if (world.crashLoopMaxMs === undefined) expect(world.safety.violation).toBeUndefined();
  world.crashDaemon();
});

async function begin(...manifests: readonly Manifest[]): Promise<void> {
  await world.begin();
  began = world.clock.monotonicMs();
  for (const manifest of manifests) await world.put(manifest);
}

const since = (ms: number | undefined): number => (ms ?? Number.NaN) - began;
const started = (name?: string): number[] => world.instances(name).map((each) => since(each.startedAtMs));
const exited = (name?: string): number[] => world.instances(name).map((each) => since(each.exitedAtMs));
const signalled = (name?: string): number => since(world.instances(name).at(-1)?.stop?.signalledAtMs);

describe('probes', () => {
  test.each([
    [{ periodSeconds: 10, failureThreshold: 3 }, 35_000, 60_000],
    [{ periodSeconds: 1, failureThreshold: 1 }, 35_000, 35_000],
    [{ periodSeconds: 10, initialDelaySeconds: 3 }, 35_000, 43_000],
  ])('liveness %j of what is sick from %i ms on stops it at %i ms', async (probe, sickFromMs, stoppedMs) => {
    await begin({ behaviour: { sickFromMs }, container: { livenessProbe: aProbe(probe) } });
    await world.clock.advance(100_000);
    expect([exited()[0], started()[1]]).toEqual([stoppedMs, stoppedMs]);
  });

  test('a startup probe has its time, and the others begin with its success', async () => {
    const container = {
      startupProbe: aProbe({ periodSeconds: 5, failureThreshold: 4 }),
      livenessProbe: aProbe({ periodSeconds: 3 }),
    };
    await begin({ behaviour: { upFromMs: 12_000, sickFromMs: 0 }, container });
    await world.clock.advance(30_000);
    expect(exited()[0]).toBe(15_000);
  });

  test('one that does not start up in its time is restarted', async () => {
    const startupProbe = aProbe({ periodSeconds: 5, failureThreshold: 3 });
    await begin({ behaviour: { upFromMs: 60_000 }, container: { startupProbe } });
    await world.clock.advance(12_000);
    expect([exited()[0], started()[1]]).toEqual([10_000, 10_000]);
  });

  test('the time to end is that of the probe that failed', async () => {
    const livenessProbe = aProbe({ terminationGracePeriodSeconds: 4 });
    await begin({ behaviour: { onStop: 'ignore', sickFromMs: 5_000 }, container: { livenessProbe } });
    await world.clock.advance(30_000);
    expect(exited()[0]).toBe(9_000);
  });
});

describe('CrashLoopBackOff', () => {
  /** How long after each exit the next instance was made. */
  const pauses = (): number[] =>
    started()
      .slice(1)
      .map((ms, index) => (ms - (exited()[index] ?? 0)) / 1_000);

  test.each([
    ['shorter than the back-off has it from its end on', 4_000, [0, 0, 10, 20, 40]],
    ['longer than the back-off has had it', 15_000, [0, 0, 0, 20, 40]],
  ])(
    'of what is stopped for its probe counts from the exit before; a run %s',
    async (_, sickFromMs, expected) => {
      await begin({ behaviour: { sickFromMs }, container: { livenessProbe: aProbe() } });
      await world.clock.advance(400_000);
      expect(pauses().slice(0, 5)).toEqual(expected);
    },
  );

  test('of what is stopped since its postStart hook failed counts from its own exit, as any other', async () => {
    await begin({ container: { lifecycle: { postStart: aHook(1_000, 1) } } });
    await world.clock.advance(200_000);
    expect(pauses().slice(0, 4)).toEqual([0, 10, 20, 40]);
  });

  test('under OnFailure what ends well of that stop is left', async () => {
    const lifecycle = { postStart: aHook(1_000, 1) };
    const behaviour = { onStop: { afterMs: 0, exitCode: 0 } };
    await begin({ behaviour, spec: { restartPolicy: 'OnFailure' }, container: { lifecycle } });
    await world.clock.advance(60_000);
    expect([started(), world.instances()[0]?.exitCode]).toEqual([[0], 0]);
  });

  test.each([
    [15_000, undefined, [0, 10, 15, 15]],
    [300_000, '15s', [0, 10, 15, 15]],
    [5_000, undefined, [0, 5, 5, 5]],
    [300_000, '1s', [0, 1, 1, 1]],
    [15_000, '60s', [0, 10, 20, 40]],
  ])('is at most %i ms on the node, unless the pod asks for %s', async (crashLoopMaxMs, asked, expected) => {
    world = new StillWorld({ crashLoopMaxMs });
    const annotations = asked === undefined ? {} : { [annotation.crashLoopMax]: asked };
    await begin({ behaviour: { exitAfterMs: 1_000, exitCode: 1 }, annotations });
    await world.clock.advance(120_000);
    expect(pauses().slice(0, 4)).toEqual(expected);
  });
});

describe('what waits for what', () => {
  test('init containers run one after the other, then the others at once', async () => {
    const initContainers = ['fetch', 'prepare'].map((name) => aContainer(name, { exitAfterMs: 2_500 }));
    await begin({ spec: { initContainers } });
    await world.clock.advance(10_000);
    expect([started('fetch'), started('prepare'), started()]).toEqual([[0], [2_500], [5_000]]);
  });

  test('one that fails is tried again after 0, 10, 20 s', async () => {
    await begin({ spec: { initContainers: [aContainer('fetch', { exitAfterMs: 1_000, exitCode: 1 })] } });
    await world.clock.advance(40_000);
    expect(started('fetch')).toEqual([0, 1_000, 12_000, 33_000]);
    expect(started()).toEqual([]);
  });

  test('a sidecar lets the next begin when its startup probe succeeds', async () => {
    const startupProbe = aProbe({ periodSeconds: 2, failureThreshold: 10 });
    const proxy = aContainer('proxy', { upFromMs: 5_500 }, { restartPolicy: 'Always', startupProbe });
    await begin({ spec: { initContainers: [proxy] } });
    await world.clock.advance(10_000);
    expect([started('proxy'), started()]).toEqual([[0], [6_000]]);
  });

  test('a container is made when the postStart hook of the one before has ended', async () => {
    const containers = [
      aContainer('first', {}, { lifecycle: { postStart: aHook(3_200) } }),
      aContainer('second'),
    ];
    await begin({ spec: { containers } });
    await world.clock.advance(10_000);
    expect([started('first'), started('second')]).toEqual([[0], [3_200]]);
  });

  test('a hook that fails stops its container', async () => {
    const lifecycle = { postStart: aHook(3_000, 1) };
    await begin({ container: { lifecycle } });
    await world.clock.advance(5_000);
    expect([exited()[0], started()[1]]).toEqual([3_000, 3_000]);
  });

  test('a pod begins when the one that it waits for is Ready', async () => {
    await begin(
      {
        name: 'late',
        annotations: { [annotation.startAfter]: 'web' },
        spec: { containers: [aContainer('b')] },
      },
      { behaviour: { readyFromMs: 7_500 }, container: { readinessProbe: aProbe({ periodSeconds: 2 }) } },
    );
    await world.clock.advance(20_000);
    expect([started(), started('b')]).toEqual([[0], [8_000]]);
  });
});

describe('the end', () => {
  test.each([
    [12_000, 30_000],
    // Whole seconds are told to the runtime.
    [12_300, 30_300],
  ])('a hook of %i ms takes from the grace period: killed at %i ms', async (takesMs, killedMs) => {
    await begin({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(takesMs) } } });
    await world.take();
    await world.clock.advance(60_000);
    expect([signalled(), exited()]).toEqual([takesMs, [killedMs]]);
  });

  test('a hook without end leaves the shortest time', async () => {
    await begin({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(100_000) } } });
    await world.take();
    await world.clock.advance(60_000);
    expect([signalled(), exited()]).toEqual([30_000, [32_000]]);
  });

  test('a hook that a crash cut off is run again in what is left', async () => {
    await begin({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(12_000) } } });
    await world.take();
    await world.clock.advance(5_000);
    await world.crashFor(3_000);
    await world.clock.advance(60_000);
    expect([signalled(), exited()]).toEqual([20_000, [30_000]]);
  });

  test.each([
    // Whole seconds are told to the runtime.
    [30_500, 32_500],
    [31_000, 32_000],
  ])(
    'a crash at %i ms, after the stop signal, takes nothing from it: killed at %i ms',
    async (crashMs, killedMs) => {
      await begin({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(100_000) } } });
      await world.take();
      await world.clock.advance(crashMs);
      await world.crashFor(0);
      await world.clock.advance(60_000);
      expect([signalled(), exited()]).toEqual([30_000, [killedMs]]);
    },
  );

  test('a sidecar that was told to end late may end by itself, over a crash, too', async () => {
    const proxy = aContainer('proxy', { onStop: { afterMs: 1_000 } }, { restartPolicy: 'Always' });
    const spec = { initContainers: [proxy], terminationGracePeriodSeconds: 10 };
    await begin({ behaviour: { onStop: 'ignore' }, spec });
    await world.take();
    await world.clock.advance(10_300);
    await world.crashFor(0);
    await world.clock.advance(20_000);
    expect([signalled('proxy'), exited('proxy')]).toEqual([10_000, [11_000]]);
  });

  test('a clock that is set on does not cut a hook short', async () => {
    await begin({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(20_000) } } });
    await world.take();
    await world.clock.advance(3_000);
    world.jumpWallClock(3_600_000);
    await world.clock.advance(60_000);
    expect([signalled(), exited()]).toEqual([20_000, [22_000]]);
  });

  test.each([
    [7, 7_000],
    [undefined, 30_000],
    [90, 90_000],
    [0, 2_000],
  ])('of a pod that is deleted with %s s comes after %i ms', async (graceSeconds, killedMs) => {
    await begin({ behaviour: { onStop: 'ignore' } });
    await world.delete(graceSeconds);
    await world.clock.advance(100_000);
    expect([signalled(), exited()]).toEqual([0, [killedMs]]);
    expect([world.records.all, world.model.containers]).toEqual([[], []]);
  });

  test.each([
    ['with less time has less', 10, [0, 10_000]],
    ['when that is over already is killed', 3, [0, 4_000]],
    ['by force is killed', 0, [0, 4_000]],
    ['with more time has no more', 60, [0, 30_000]],
  ])('of a pod that is deleted once more after 4 s %s', async (_, graceSeconds, times) => {
    await begin({ behaviour: { onStop: 'ignore' } });
    await world.delete(30);
    await world.clock.advance(4_000);
    await world.delete(graceSeconds);
    await world.clock.advance(60_000);
    expect([signalled(), ...exited()]).toEqual(times);
  });

  test('of a pod that is deleted with less time while its hook runs: that ends with it', async () => {
    await begin({ behaviour: { onStop: 'ignore' }, container: { lifecycle: { preStop: aHook(100_000) } } });
    await world.delete(60);
    await world.clock.advance(4_000);
    await world.delete(10);
    await world.clock.advance(60_000);
    expect([signalled(), exited()]).toEqual([10_000, [12_000]]);
  });

  test('of a deletion that a crash cut off comes in what is left, from the second call, too', async () => {
    await begin({ behaviour: { onStop: 'ignore' } });
    await world.delete(30);
    await world.clock.advance(4_000);
    await world.crashFor(3_000);
    await world.delete(12);
    await world.clock.advance(60_000);
    expect([signalled(), exited()]).toEqual([0, [12_000]]);
  });

  test('of a deletion whose file stayed, since a crash came between, is followed by a new beginning', async () => {
    await begin({ behaviour: { onStop: { afterMs: 3_000 } } });
    await world.deleteHalf(5);
    await world.crashFor(2_000);
    await world.clock.advance(60_000);
    expect([exited()[0], started()]).toEqual([5_000, [0, 5_000]]);
    expect(world.records.all).toMatchObject([{ name: 'web', stops: {} }]);
    expect(world.records.all[0]).not.toHaveProperty('deletionStartedAtMs');
  });

  test('sidecars go last, in reverse order, each when the one before has ended', async () => {
    const [a, b] = ['a', 'b'].map((name) =>
      aContainer(name, { onStop: { afterMs: 1_500 } }, { restartPolicy: 'Always' }),
    );
    const initContainers = [a, b].filter((each) => each !== undefined);
    await begin({ behaviour: { onStop: { afterMs: 4_000 } }, spec: { initContainers } });
    await world.take();
    await world.clock.advance(60_000);
    expect([signalled(), signalled('b'), signalled('a')]).toEqual([0, 4_000, 5_500]);
    expect([exited(), exited('b'), exited('a')]).toEqual([[4_000], [5_500], [7_000]]);
  });

  test('when the time is over, sidecars have the shortest time together', async () => {
    const initContainers = ['a', 'b'].map((name) =>
      aContainer(name, { onStop: 'ignore' }, { restartPolicy: 'Always' }),
    );
    const spec = { initContainers, terminationGracePeriodSeconds: 10 };
    await begin({ behaviour: { onStop: 'ignore' }, spec });
    await world.take();
    await world.clock.advance(60_000);
    expect([exited(), exited('b'), exited('a')]).toEqual([[10_000], [12_000], [12_000]]);
  });

  test('RestartAllContainers gives two seconds and begins anew, in the same sandbox', async () => {
    const rule = { action: 'RestartAllContainers', operator: 'In', exitCodes: [7] } as const;
    const containers = [
      aContainer('deaf', { onStop: 'ignore' }),
      aContainer(
        'asks',
        { exitAfterMs: 5_000, exitCode: 7 },
        { restartPolicy: 'Never', restartPolicyRules: [rule] },
      ),
    ];
    await begin({ spec: { containers, initContainers: [aContainer('fetch', { exitAfterMs: 100 })] } });
    await world.clock.advance(12_000);
    expect([exited('deaf')[0], started('fetch'), started('asks')]).toEqual([7_100, [0, 7_100], [100, 7_200]]);
    expect(world.facts.sandboxes.size).toBe(1);
  });
});

describe('a new version', () => {
  const annotations = { [annotation.rollback]: 'true', [annotation.progressDeadline]: '15s' };

  test('that is not Ready in its time gives way to the last one that was', async () => {
    await begin({ annotations });
    await world.clock.advance(12_000);
    await world.put({ annotations, behaviour: NEVER_READY, container: { readinessProbe: aProbe() } });
    await world.clock.advance(60_000);
    expect(started()).toEqual([0, 12_000, 27_000]);
  });

  test('has its time from when it was taken up, also over a crash, in which nobody looked', async () => {
    await begin({ annotations });
    await world.clock.advance(12_000);
    await world.put({ annotations, behaviour: NEVER_READY, container: { readinessProbe: aProbe() } });
    await world.clock.advance(5_000);
    await world.crashFor(60_000);
    await world.clock.advance(60_000);
    const [, , third] = started();
    expect(third).toBe(12_000 + 5_000 + 60_000 + 15_000);
  });

  test('is taken up when its image is there, and the old one runs until then', async () => {
    await begin({});
    await world.clock.advance(5_000);
    await world.put({ container: { image: 'slow:1' } });
    await world.clock.advance(20_000);
    expect([exited()[0], started()]).toEqual([11_000, [0, 11_000]]);
  });
});

describe('a node that is shut down', () => {
  test('stops its pods with their grace periods, those that began after others first', async () => {
    await begin(
      { behaviour: { onStop: { afterMs: 3_000 } } },
      {
        name: 'late',
        annotations: { [annotation.startAfter]: 'web' },
        spec: { containers: [aContainer('b', { onStop: { afterMs: 2_000 } })] },
      },
    );
    await world.clock.advance(2_000);
    began = world.clock.monotonicMs();
    const left = await world.clock.complete(world.shutDown(60_000));
    expect([exited('b'), exited(), left]).toEqual([[2_000], [5_000], []]);
    await world.startDaemon();
    await world.clock.advance(0);
    expect([started()[1], started('b')[1]]).toEqual([5_000, 5_000]);
  });

  test('leaves what does not end the time there is', async () => {
    await begin({ behaviour: { onStop: 'ignore' } });
    const left = await world.clock.complete(world.shutDown(10_000));
    expect([exited(), left]).toEqual([[9_000], []]);
  });
});
