import { describe, expect, test } from 'vitest';
import { type LogFields, silentLogger } from '../../../src/base/index.ts';
import { OrphanPods } from '../../../src/daemon/orphan-pods.ts';
import {
  asContainerId,
  asPodUid,
  asSandboxId,
  label,
  type ObservedContainer,
  type ObservedSandbox,
  type PodUid,
} from '../../../src/pod/index.ts';

const uid = asPodUid('lost');
const other = asPodUid('other');

/** A root directory with these pods' directories, and a runtime. */
class Rig {
  directories: Set<PodUid>;
  known = new Set<PodUid>();
  complete = true;
  sandboxes: ObservedSandbox[] = [];
  containers: ObservedContainer[] = [];
  /** What was done, in order. */
  readonly done: string[] = [];
  readonly logs: { message: string; fields: LogFields }[] = [];
  /** Calls fail with these words. */
  readonly failing = new Map<string, string>();
  /** Called before each step. */
  before: (step: string) => void = () => undefined;
  readonly orphans: OrphanPods;

  constructor(...uids: PodUid[]) {
    this.directories = new Set(uids);
    const log = (fields: LogFields, message: string): void => void this.logs.push({ fields, message });
    this.orphans = new OrphanPods({
      cri: {
        listSandboxes: async () => this.#step('listSandboxes', this.sandboxes),
        listContainers: async () => this.#step('listContainers', this.containers),
      },
      directories: {
        list: async () => this.#step('list', [...this.directories]),
        remove: async (gone) => {
          this.#step(`directory ${gone}`, undefined);
          this.done.push(`directory ${gone}`);
          this.directories.delete(gone);
          return ['/mounted'];
        },
      },
      cgroups: {
        remove: async (gone) => {
          this.#step(`cgroup ${gone}`, undefined);
          this.done.push(`cgroup ${gone}`);
        },
      },
      inventory: () => ({ complete: this.complete, knownUids: this.known }),
      logger: { ...silentLogger, info: log, warn: log },
    });
  }

  async sweeps(times: number, signal = new AbortController().signal): Promise<readonly string[]> {
    this.done.length = 0;
    for (let round = 0; round < times; round += 1) await this.orphans.sweep(signal);
    return [...this.done];
  }

  #step<T>(step: string, answer: T): T {
    this.before(step);
    const problem = this.failing.get(step);
    if (problem !== undefined) throw new Error(problem);
    return answer;
  }
}

function sandboxOf(of: PodUid): ObservedSandbox {
  return {
    ...{ id: asSandboxId('s'), name: 'web', namespace: 'default', uid: of, attempt: 0, state: 'not-ready' },
    ...{ createdAtMs: 0, labels: {}, annotations: {} },
  };
}

function containerOf(of: PodUid): ObservedContainer {
  return {
    ...{ id: asContainerId('c'), sandboxId: asSandboxId('s'), name: 'app', attempt: 0, state: 'exited' },
    ...{ createdAtMs: 0, image: '', imageRef: '', labels: { [label.podUid]: of }, annotations: {} },
  };
}

test('an orphan at two sweeps goes: its cgroup, then its directory, with a line that says why', async () => {
  const rig = new Rig(uid);
  expect(await rig.sweeps(1)).toEqual([]);
  expect(await rig.sweeps(1)).toEqual(['cgroup lost', 'directory lost']);
  expect(rig.logs).toEqual([
    {
      message: 'orphaned pod directory removed',
      fields: {
        uid,
        reason: 'no manifest, no record and no container is of this pod',
        unmounted: ['/mounted'],
      },
    },
  ]);
});

describe('what stays', () => {
  test.each<[string, (rig: Rig) => unknown]>([
    ['a pod that is known', (rig) => rig.known.add(uid)],
    ['whatever it is while not everything is known', (rig) => Object.assign(rig, { complete: false })],
    ['a pod with a sandbox, whoever owns it', (rig) => rig.sandboxes.push(sandboxOf(uid))],
    [
      'a pod with a container, dead or alive, whoever owns it',
      (rig) => rig.containers.push(containerOf(uid)),
    ],
    ['whatever it is where the runtime does not answer', (rig) => rig.failing.set('listContainers', 'away')],
    ['whatever it is where the directory cannot be read', (rig) => rig.failing.set('list', 'EIO')],
    [
      'a pod that appears after its directory was seen',
      (rig) => Object.assign(rig, { before: () => rig.known.add(uid) }),
    ],
    [
      'a pod that begins between the two sweeps and its end',
      (rig) => {
        let sweeps = 0;
        rig.before = (step) => {
          sweeps += step === 'listContainers' ? 1 : 0;
          if (sweeps === 2) rig.known.add(uid);
        };
      },
    ],
  ])('%s', async (_case, change) => {
    const rig = new Rig(uid);
    change(rig);
    expect(await rig.sweeps(3)).toEqual([]);
  });

  test('one that was known in between begins anew', async () => {
    const rig = new Rig(uid);
    await rig.sweeps(1);
    rig.known.add(uid);
    await rig.sweeps(1);
    rig.known.clear();
    expect(await rig.sweeps(1)).toEqual([]);
    expect(await rig.sweeps(1)).toHaveLength(2);
  });

  test('a pod of another while this one goes', async () => {
    const rig = new Rig(uid, other);
    rig.before = (step) => {
      if (step === 'directory lost') rig.known.add(other);
    };
    expect(await rig.sweeps(2)).toEqual(['cgroup lost', 'directory lost']);
  });
});

test('where every directory is known the runtime is not asked', async () => {
  const rig = new Rig(uid);
  rig.known.add(uid);
  rig.failing.set('listContainers', 'away');
  await rig.sweeps(2);
  expect(rig.logs).toEqual([]);
});

test('no more than ten go at once', async () => {
  const uids = Array.from({ length: 12 }, (_, at) => asPodUid(`p${at}`));
  const rig = new Rig(...uids);
  expect(await rig.sweeps(2)).toHaveLength(20);
  expect(await rig.sweeps(1)).toHaveLength(4);
});

test('what cannot be removed is told once, tried again, and stands behind the others', async () => {
  const stuck = Array.from({ length: 10 }, (_, at) => asPodUid(`p${at}`));
  const rig = new Rig(...stuck);
  for (const each of stuck) rig.failing.set(`cgroup ${each}`, 'a process is still in it');
  await rig.sweeps(3);
  expect(rig.logs.map(({ message }) => message)).toEqual(
    stuck.map(() => 'orphaned pod directory cannot be removed'),
  );
  rig.directories.add(uid);
  expect(await rig.sweeps(2)).toEqual(['cgroup lost', 'directory lost']);
  rig.failing.clear();
  expect(await rig.sweeps(1)).toHaveLength(20);
});

test('nothing more goes once tinylet ends', async () => {
  const rig = new Rig(uid, other);
  const ending = new AbortController();
  rig.before = (step) => {
    if (step === 'directory lost') ending.abort();
  };
  expect(await rig.sweeps(3, ending.signal)).toEqual(['cgroup lost', 'directory lost']);
});
