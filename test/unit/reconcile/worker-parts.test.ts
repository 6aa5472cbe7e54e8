import { describe, expect, test } from 'vitest';
import { Limiter, TinyletError } from '../../../src/base/index.ts';
import { asContainerId, asOwnerId, asPodUid, asSandboxId } from '../../../src/pod/index.ts';
import { type ExecutePorts, execute } from '../../../src/reconcile/execute.ts';
import { takeSnapshot } from '../../../src/reconcile/snapshot.ts';
import { act, logDirectory, makeInstance, makeRecord, makeSandbox, nowMs, owner, uid } from '../plan/base.ts';
import { FakeCri } from './fake-cri.ts';
import { noLogs } from './rig.ts';

describe('a snapshot', () => {
  test('sorts what carries our label by pod, newest first, and keeps others apart', async () => {
    const cri = new FakeCri(() => nowMs);
    const theirs = { ...makeSandbox().labels, 'tinylet.dev/owner': 'them' };
    const foreign = makeSandbox({ id: asSandboxId('foreign'), uid: asPodUid('other'), labels: theirs });
    const sandboxes = [makeSandbox(), foreign, makeSandbox({ attempt: 1 })];
    for (const sandbox of sandboxes) cri.sandboxes.set(sandbox.id, sandbox);
    const stray = makeInstance('app', {
      id: asContainerId('foreign-app'),
      labels: { ...makeInstance('app').labels, ...theirs },
    });
    const containers = [makeInstance('app'), makeInstance('app', { attempt: 2 }), stray];
    for (const container of containers) cri.containers.set(container.id, container);
    const snapshot = await takeSnapshot(cri.port, new Set([owner]), 7);
    expect(snapshot).toEqual({
      number: 7,
      own: [makeSandbox({ attempt: 1 }), makeSandbox()],
      foreign: [foreign],
      pods: new Map([
        [
          uid,
          {
            sandboxes: [makeSandbox({ attempt: 1 }), makeSandbox()],
            containers: [makeInstance('app', { attempt: 2 }), makeInstance('app')],
          },
        ],
      ]),
    });
    expect(cri.calls).toEqual(['listSandboxes', 'listContainers']);
  });

  test('counts what an adopted owner left as ours', async () => {
    const cri = new FakeCri(() => nowMs);
    const labels = { ...makeSandbox().labels, 'tinylet.dev/owner': 'them' };
    cri.sandboxes.set('sb-0', makeSandbox({ labels }));
    const snapshot = await takeSnapshot(cri.port, new Set([owner, asOwnerId('them')]), 1);
    expect(snapshot.foreign).toEqual([]);
    expect(snapshot.own).toHaveLength(1);
  });
});

describe('an execution', () => {
  function rig() {
    const cri = new FakeCri(() => nowMs);
    const told: unknown[] = [];
    const image = (verb: string) => (need: { image: string } | string) =>
      void told.push(`${verb} ${typeof need === 'string' ? need : need.image}`);
    const ports: ExecutePorts = {
      cri: cri.port,
      images: {
        ensure: async (need) => image('ensure')(need),
        release: image('release'),
        forget: image('forget'),
      },
      logs: {
        ...noLogs,
        prepare: async ({ directory, container }) => void told.push(`prepare ${directory} ${container}`),
        removeInstance: async ({ container, attempt }) =>
          void told.push(`remove logs ${container} ${attempt}`),
        removePod: async (directory) => void told.push(`remove logs ${directory}`),
      },
      volumes: {
        setUp: async (_, { setups }) => void told.push(`set up ${setups.map(({ volume }) => volume)}`),
        prepareContainer: async (_, { container, attempt }) =>
          void told.push(`files ${container} ${attempt}`),
        tearDown: async () => void told.push('tear down'),
      },
      cgroups: {
        setUp: async (_, { path }) => void told.push(`cgroup ${path}`),
        remove: async () => void told.push('no cgroup'),
      },
      lifecycle: {
        beginHook: ({ hook, container }) => void told.push(`begin ${hook} ${container}`),
        beginStop: ({ container, timeoutSeconds }) => void told.push(`stop ${container} ${timeoutSeconds}`),
      },
      records: {
        save: async () => void told.push('saved'),
        remove: async () => void told.push('record removed'),
      },
      onGone: () => void told.push('gone'),
      busy: new Limiter(1),
      signal: new AbortController().signal,
    };
    return { cri, told, ports };
  }

  test('of each action is the calls it names', async () => {
    const { cri, told, ports } = rig();
    const actions = [
      act.save(),
      act.look('app'),
      act.setUpCgroup({ path: '/kubepods/pod1', qos: 'Guaranteed', cpuShares: 2 }),
      act.setUp({ setups: [{ kind: 'empty-dir', volume: 'data', medium: 'disk' }] }),
      act.run(0),
      act.create('app'),
      act.start('app'),
      ...act.stops({ app: 30, log: 30 }),
      act.stopSandbox(0),
      act.removeInstance('app', 0),
      act.removeSandbox(0),
      act.tearDown,
      act.removeCgroup,
      act.deleteLogs,
      act.deleteRecord,
    ];
    for (const action of actions) await execute(action, ports);
    expect(cri.calls).toEqual([
      ...['runSandbox web', 'createContainer app', 'startContainer app-0'],
      ...['stopSandbox sb-0', 'removeContainer app-0', 'stopSandbox sb-0', 'removeSandbox sb-0'],
    ]);
    expect(told).toEqual([
      ...['saved', 'ensure app:1', 'cgroup /kubepods/pod1', 'set up data'],
      ...[`prepare ${logDirectory} app`, 'files app 0', 'stop app 30', 'stop log 30'],
      ...['remove logs app 0', 'tear down', 'no cgroup', `remove logs ${logDirectory}`],
      ...['record removed', `release ${uid}`, 'gone'],
    ]);
  });

  test('a container that cannot be created has its image looked for again', async () => {
    const { cri, told, ports } = rig();
    cri.failing.set('createContainer', new TinyletError('CRI_NOT_FOUND', 'no such image'));
    await expect(execute(act.create('app'), ports)).rejects.toThrow('no such image');
    expect(told).toEqual([`prepare ${logDirectory} app`, 'files app 0', 'forget app:1']);
  });

  test('a record that was not written is not told of', async () => {
    const { told, ports } = rig();
    const records = {
      ...ports.records,
      save: () => Promise.reject(new TinyletError('STATE_IO', 'disk full')),
    };
    await expect(
      execute({ type: 'save-record', record: makeRecord() }, { ...ports, records }),
    ).rejects.toThrow('disk full');
    expect(told).toEqual([]);
  });
});
