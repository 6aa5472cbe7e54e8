import { afterEach, describe, expect, test } from 'vitest';
import type { Container, Pod, PodSpec } from '../../src/pod/index.ts';
import type { Behaviour } from '../fakes/behaviour.ts';
import { World } from './world.ts';

const FILE = '/etc/one/web.yaml';
const NO_FAULTS = { before: 0, after: 0, hang: 0, delay: 0, longestDelayMs: 0, diskFull: 0 };

/** Exact times, in a world where nothing fails and nothing takes time but the waiting itself. */
let world = new World({ seed: 1, rates: NO_FAULTS, slow: false, instantDisk: true });

afterEach(() => {
  expect(world.safety.violation).toBeUndefined();
  world.crashDaemon();
});

describe('CrashLoopBackOff', () => {
  test('0, 10, 20, 40, 80, 160, 300, 300 s after each exit', async () => {
    await begin({ behaviour: { exitAfterMs: 1_000, exitCode: 1 } });
    await world.clock.advance(1_000_000);
    expect(pausesSeconds().slice(0, 8)).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  });

  test('is the same after exit 0 under Always', async () => {
    await begin({ behaviour: { exitAfterMs: 1_000, exitCode: 0 } });
    await world.clock.advance(100_000);
    expect(pausesSeconds().slice(0, 4)).toEqual([0, 10, 20, 40]);
  });

  test('goes on where it stood when the daemon is killed and comes back', async () => {
    await begin({ behaviour: { exitAfterMs: 1_000, exitCode: 1 } });
    for (let second = 0; second < 90; second += 7) {
      await world.clock.advance(7_000);
      world.crashDaemon();
      await world.startDaemon();
    }
    expect(pausesSeconds().slice(0, 4)).toEqual([0, 10, 20, 40]);
  });

  test.each([
    [600_001, 0],
    [600_000, 20],
  ])('after a run of %i ms the next restart waits %i s', async (runMs, seconds) => {
    await begin({ behaviour: {} });
    await exitAfter(1_000);
    await exitAfter(1_000);
    await exitAfter(runMs);
    expect(pausesSeconds()).toEqual([0, 10, seconds]);
  });

  test('ends with an edit of the container', async () => {
    await begin({ behaviour: { exitAfterMs: 1_000, exitCode: 1 } });
    await world.clock.advance(40_000);
    const [, , , before] = instances();
    expect(before?.exitedAtMs).toBe(34_000);
    write({ behaviour: { exitAfterMs: 2_000, exitCode: 1 } });
    await world.clock.advance(20_000);
    expect(instances()[4]?.createdAtMs).toBe(40_000);
    expect(pausesSeconds().slice(4)).toEqual([0, 10]);
  });
});

test('a pull that fails is tried again after 10, 20, 40, 80, 160, 300, 300 s', async () => {
  const pullsMs: number[] = [];
  await begin({ container: { image: 'absent:1' } });
  world.model.onCall(({ phase, call }) => {
    if (phase === 'before' && call === 'PullImage') pullsMs.push(world.clock.monotonicMs());
  });
  await world.clock.advance(1_200_000);
  expect(pullsMs.map((ms) => ms / 1000).slice(0, 7)).toEqual([10, 30, 70, 150, 310, 610, 910]);
});

describe.each(['IfNotPresent', 'Never'] as const)(
  'an image that others bring, under %s,',
  (imagePullPolicy) => {
    test('is seen within 10 s, however long the back-off is; until then it is looked for each 10 s', async () => {
      await begin({ container: { image: 'absent:1', imagePullPolicy } });
      await world.clock.advance(163_000);
      const calls = imageCallsFromNow();
      await world.clock.advance(10_000);
      expect(calls).toEqual(['170000 ImageStatus']);
      world.model.putImage('absent:1');
      await world.clock.advance(100_000);
      expect(instances().map(({ startedAtMs }) => startedAtMs)).toEqual([180_000]);
      expect(calls.filter((call) => call.includes('Pull'))).toEqual([]);
    });
  },
);

describe('a container that ignores its stop signal', () => {
  test.each([
    [30, 30],
    [2, 2],
    [1, 2],
    [0, 2],
  ])('with %i s of grace is killed after %i s', async (graceSeconds, afterSeconds) => {
    await begin({ behaviour: { onStop: 'ignore' }, spec: { terminationGracePeriodSeconds: graceSeconds } });
    await world.clock.advance(1_000);
    world.files.remove(FILE);
    world.daemon?.hintManifests();
    await world.clock.advance(60_000);
    expect(instances()[0]?.exitedAtMs).toBe(1_000 + afterSeconds * 1000);
  });

  test.each([
    ['in time has what is left', 15_000, 31_000],
    ['late has no more', 45_000, 56_000],
  ])('and whose daemon is killed and comes back %s', async (_, awayMs, killedAtMs) => {
    await begin({ behaviour: { onStop: 'ignore' }, spec: { terminationGracePeriodSeconds: 30 } });
    await world.clock.advance(1_000);
    world.files.remove(FILE);
    world.daemon?.hintManifests();
    await world.clock.advance(10_000);
    world.crashDaemon();
    await world.clock.advance(awayMs);
    await world.startDaemon();
    await world.clock.advance(60_000);
    expect(instances()[0]?.exitedAtMs).toBe(killedAtMs);
  });
});

describe('the end of a pod', () => {
  test.each([5_000, 7_300])(
    'at its deadline is to the millisecond, %i ms after it was first seen',
    async (ms) => {
      await begin({ behaviour: { onStop: { afterMs: 0 } }, spec: { activeDeadlineSeconds: ms / 1000 } });
      await world.clock.advance(100_000);
      expect(instances().map(({ exitedAtMs }) => exitedAtMs)).toEqual([ms]);
    },
  );

  test('counts from the last edit, and over a daemon that is killed', async () => {
    await begin({ spec: { activeDeadlineSeconds: 10 } });
    await world.clock.advance(6_000);
    write({ spec: { activeDeadlineSeconds: 20 } });
    await world.clock.advance(5_000);
    world.crashDaemon();
    await world.startDaemon();
    await world.clock.advance(100_000);
    expect(instances().map(({ exitedAtMs }) => exitedAtMs)).toEqual([26_000]);
  });

  test('by a volume that is too full comes within ten seconds, with two of grace', async () => {
    const source = { kind: 'emptyDir', medium: '', sizeLimit: '1024' } as const;
    await begin({ behaviour: { onStop: 'ignore' }, spec: { volumes: [{ name: 'data', source }] } });
    await world.clock.advance(3_000);
    for (const uid of world.volumes.uids) world.volumes.fill(uid, 'data', 1_025);
    await world.clock.advance(100_000);
    expect(instances().map(({ exitedAtMs }) => exitedAtMs)).toEqual([12_000]);
  });
});

describe('the loop', () => {
  test('looks every 2 s when nothing happens, and does nothing else', async () => {
    await begin({ behaviour: {} });
    await world.clock.advance(1_000);
    const calls: string[] = [];
    world.model.onCall(({ phase, call }) => {
      if (phase === 'before') calls.push(`${world.clock.monotonicMs()} ${call}`);
    });
    await world.clock.advance(6_000);
    const looks = [2_000, 4_000, 6_000].flatMap((ms) => [`${ms} ListPodSandbox`, `${ms} ListContainers`]);
    expect(calls).toEqual(looks);
  });

  test('a hint of a file is followed at once, a lost one within 2 s', async () => {
    await begin({ behaviour: {} });
    await world.clock.advance(3_100);
    write({ behaviour: { exitCode: 3 } });
    await world.clock.advance(0);
    expect(instances()[1]?.startedAtMs).toBe(3_100);
    await world.clock.advance(300);
    write({ behaviour: { exitCode: 4 } }, { hint: false });
    await world.clock.advance(2_000);
    expect(instances()[2]?.startedAtMs).toBe(4_000);
  });

  test('an exit without a hint is seen within 2 s', async () => {
    await begin({ behaviour: { exitAfterMs: 3_500, exitCode: 1 } }, { hint: false });
    await world.clock.advance(10_000);
    expect(instances()[1]?.createdAtMs).toBe(4_000);
  });
});

interface Manifest {
  readonly behaviour?: Behaviour;
  readonly container?: Partial<Container>;
  readonly spec?: Partial<PodSpec>;
}

/** A new world with one pod of one container. */
async function begin(manifest: Manifest, { hint = true } = {}): Promise<void> {
  world = new World({ seed: 1, rates: NO_FAULTS, slow: false, instantDisk: true });
  if (hint)
    world.model.onChange(({ what, id }) => {
      if (what === 'exited') world.clock.setTimer(0, () => world.daemon?.hint(id));
    });
  write(manifest);
  await world.startDaemon();
  await world.clock.advance(0);
}

function write({ behaviour = {}, container, spec }: Manifest, { hint = true } = {}): void {
  const web: Container = {
    name: 'web',
    image: 'app:1',
    command: [],
    args: [JSON.stringify(behaviour)],
    env: [],
    ports: [],
    imagePullPolicy: 'IfNotPresent',
    ...container,
  };
  const pod: Pod = {
    metadata: { name: 'web', namespace: 'default', labels: {}, annotations: {} },
    spec: {
      containers: [web],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      ...spec,
    },
  };
  world.files.write(FILE, { pods: [world.versions.mark(pod)], objects: [], broken: false });
  if (hint) world.daemon?.hintManifests();
}

/** What the runtime is asked about images from now on, and when. */
function imageCallsFromNow(): readonly string[] {
  const calls: string[] = [];
  world.model.onCall(({ phase, call }) => {
    if (phase === 'before' && call.includes('Image')) calls.push(`${world.clock.monotonicMs()} ${call}`);
  });
  return calls;
}

function instances() {
  return [...world.facts.instances.values()];
}

async function exitAfter(runMs: number): Promise<void> {
  const before = instances().length;
  const last = instances().at(-1);
  await world.clock.advance((last?.startedAtMs ?? 0) + runMs - world.clock.monotonicMs());
  world.model.exitContainer(last?.id ?? '', 1);
  await world.clock.runUntil(() => instances().length > before, 400_000);
  await world.clock.advance(0);
}

/** How long after the exit of each instance the next one was made. */
function pausesSeconds(): number[] {
  return instances()
    .slice(1)
    .map(({ createdAtMs }, index) => (createdAtMs - (instances()[index]?.exitedAtMs ?? 0)) / 1000);
}
