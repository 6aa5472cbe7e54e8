import { describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { asContainerId, asSandboxId, type PodUid } from '../../../src/pod/index.ts';
import { type ObserverPorts, PodObserver, type WantedView } from '../../../src/reconcile/observer.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { logDirectory, makeInstance, makeSandbox, nowMs, uid } from '../plan/base.ts';
import { FakeCri } from './fake-cri.ts';
import { noLogs } from './rig.ts';

const wanted: WantedView = { containers: ['app', 'log'], logDirectory, envFiles: [], limited: [] };

const noVolumes: ObserverPorts['volumes'] = {
  readEnvFile: async () => undefined,
  terminationMessage: async () => undefined,
  usage: async () => new Map(),
};

function observerOf(cri: FakeCri, ports: Partial<ObserverPorts> = {}): PodObserver {
  const clock = new VirtualClock();
  return new PodObserver(uid, { cri: cri.port, logs: noLogs, volumes: noVolumes, clock, ...ports });
}

describe('an observer', () => {
  test('asks for details once for each state, and not of what was never started', async () => {
    const cri = new FakeCri(() => nowMs);
    const observer = observerOf(cri);
    const part = {
      sandboxes: [makeSandbox()],
      containers: [makeInstance('app'), makeInstance('log', { state: 'created' })],
    };
    const first = await observer.observe(part, wanted);
    await observer.observe(part, wanted);
    expect(cri.calls).toEqual(['containerStatus app-0', 'sandboxStatus sb-0']);
    expect([...first.containerDetails.keys()]).toEqual(['app-0']);
    expect(first.sandboxDetails.get(asSandboxId('sb-0'))).toEqual({ ips: ['10.0.0.7'] });
    cri.clear();
    const exited = [makeInstance('app', { state: 'exited' }), makeInstance('log')];
    await observer.observe({ ...part, containers: exited }, wanted);
    expect(cri.calls).toEqual(['containerStatus app-0', 'containerStatus log-0']);
  });

  test('does not ask a dead sandbox, nor an older one, for addresses', async () => {
    const cri = new FakeCri(() => nowMs);
    const sandboxes = [makeSandbox({ attempt: 1, state: 'not-ready' }), makeSandbox()];
    await observerOf(cri).observe({ sandboxes, containers: [] }, wanted);
    expect(cri.calls).toEqual([]);
  });

  test('counts attempts from logs only for containers the runtime does not know', async () => {
    const counted: string[] = [];
    const logs = {
      ...noLogs,
      nextAttempt: async ({ container }: { container: string }) => {
        counted.push(container);
        return 3;
      },
    };
    const observer = observerOf(new FakeCri(() => nowMs), { logs });
    const seen = await observer.observe({ sandboxes: [], containers: [makeInstance('app')] }, wanted);
    expect(counted).toEqual(['log']);
    expect(seen.nextAttempts).toEqual(new Map([['log', 3]]));
  });

  test('takes what vanished meanwhile as without details, and fails with the runtime', async () => {
    const cri = new FakeCri(() => nowMs);
    const part = { sandboxes: [], containers: [makeInstance('app')] };
    cri.failing.set('containerStatus', new TinyletError('CRI_NOT_FOUND', 'gone'));
    const observer = observerOf(cri);
    expect((await observer.observe(part, wanted)).containerDetails.size).toBe(0);
    cri.failing.set('containerStatus', new TinyletError('CRI_UNAVAILABLE', 'down'));
    await expect(observer.observe(part, wanted)).rejects.toThrow('down');
  });
});

describe('an observer of a container that was killed', () => {
  const part = { sandboxes: [], containers: [makeInstance('app', { state: 'exited' })] };
  const killed = {
    ...{ startedAtMs: 1, finishedAtMs: 2, exitCode: 137, reason: 'Error' },
    ...{ message: '', imageRef: '', logPath: '' },
  };

  function watching(details: Partial<typeof killed> = {}) {
    const cri = new FakeCri(() => nowMs);
    const clock = new VirtualClock();
    cri.details.set('app-0', { ...killed, ...details });
    const observer = observerOf(cri, { clock });
    const reason = async () => (await observer.observe(part, wanted)).containerDetails.get(APP)?.reason;
    return { cri, clock, reason };
  }
  const APP = asContainerId('app-0');

  test('hears late that it was for memory, and asks no more once it has', async () => {
    const { cri, clock, reason } = watching();
    expect(await reason()).toBe('Error');
    await clock.advance(2_000);
    cri.details.set('app-0', { ...killed, reason: 'OOMKilled' });
    expect(await reason()).toBe('OOMKilled');
    expect(await reason()).toBe('OOMKilled');
    expect(cri.calls).toHaveLength(2);
  });

  test('asks for five seconds', async () => {
    const { cri, clock, reason } = watching();
    await reason();
    await clock.advance(4_999);
    await reason();
    await clock.advance(1);
    await reason();
    await reason();
    expect(cri.calls).toHaveLength(3);
  });

  test.each([[{ exitCode: 1 }], [{ exitCode: 0, reason: 'Completed' }], [{ reason: 'OOMKilled' }]])(
    'asks once where %j',
    async (details) => {
      const { cri, reason } = watching(details);
      await reason();
      await reason();
      expect(cri.calls).toHaveLength(1);
    },
  );
});

describe('an observer of volumes', () => {
  const part = { sandboxes: [makeSandbox()], containers: [] };
  const nothing = { containers: [], logDirectory };

  function measuring() {
    const clock = new VirtualClock();
    const measured: string[] = [];
    const bytes = new Map([['data', 1]]);
    const volumes = {
      ...noVolumes,
      usage: async (_: PodUid, names: readonly string[]) => {
        measured.push(`${clock.monotonicMs()} ${names}`);
        return new Map(bytes);
      },
    };
    const observer = observerOf(new FakeCri(() => nowMs), { volumes, clock });
    const look = async (...limited: string[]) =>
      (await observer.observe(part, { ...nothing, envFiles: [], limited })).volumeUsage;
    return { clock, measured, bytes, volumes, look };
  }

  test('measures those with a limit every ten seconds, and remembers meanwhile', async () => {
    const { clock, measured, bytes, look } = measuring();
    expect(await look('data')).toEqual(new Map([['data', 1]]));
    bytes.set('data', 2);
    await clock.advance(9_999);
    expect(await look('data')).toEqual(new Map([['data', 1]]));
    await clock.advance(1);
    expect(await look('data')).toEqual(new Map([['data', 2]]));
    expect(measured).toEqual(['0 data', '10000 data']);
  });

  test('measures nothing where there is no limit, and then begins anew', async () => {
    const { measured, look } = measuring();
    await look('data');
    expect(await look()).toEqual(new Map());
    await look('data');
    expect(measured).toEqual(['0 data', '0 data']);
  });

  test('goes on where measuring takes long; it counts once it is done', async () => {
    const { clock, volumes, measured, look } = measuring();
    let finish = (_bytes: Map<string, number>): void => {};
    const { usage } = volumes;
    volumes.usage = (uid, names) => {
      void usage(uid, names);
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const first = look('data');
    await clock.advance(500);
    expect(await first).toEqual(new Map());
    await clock.advance(60_000);
    expect(await look('data')).toEqual(new Map());
    finish(new Map([['data', 7]]));
    await clock.advance(0);
    expect(await look('data')).toEqual(new Map([['data', 7]]));
    expect(measured).toEqual(['0 data']);
  });

  test('does not take what was measured of volumes that have ended for those that follow', async () => {
    const { clock, volumes, look } = measuring();
    const finish: ((bytes: Map<string, number>) => void)[] = [];
    volumes.usage = () => new Promise((resolve) => void finish.push(resolve));
    const first = look('data');
    await clock.advance(500);
    await first;
    await look();
    const second = look('data');
    finish[0]?.(new Map([['data', 7]]));
    await clock.advance(500);
    expect(await second).toEqual(new Map());
    finish[1]?.(new Map([['data', 1]]));
    await clock.advance(0);
    expect(await look('data')).toEqual(new Map([['data', 1]]));
  });

  test('hides what the runtime says of secrets', async () => {
    const cri = new FakeCri(() => nowMs);
    const container = makeInstance('app', { state: 'exited' });
    const observer = observerOf(cri, { hide: (text) => `hidden ${text}` });
    const { containerDetails } = await observer.observe({ sandboxes: [], containers: [container] }, wanted);
    expect(containerDetails.get(container.id)?.message).toMatch(/^hidden /);
  });

  test('knows nothing of what cannot be measured', async () => {
    const volumes = { ...noVolumes, usage: () => Promise.reject(new Error('EIO')) };
    const observer = observerOf(new FakeCri(() => nowMs), { volumes });
    const seen = await observer.observe(part, { ...nothing, envFiles: [], limited: ['data'] });
    expect(seen.volumeUsage).toEqual(new Map());
  });

  test('reads the files that variables come from each time; what cannot be read is not there', async () => {
    const texts = new Map([['data/a.env', 'A=1']]);
    const volumes = {
      ...noVolumes,
      readEnvFile: async (_: PodUid, { volume, path }: { volume: string; path: string }) => {
        if (path === 'b.env') throw new Error('too large');
        return texts.get(`${volume}/${path}`);
      },
    };
    const observer = observerOf(new FakeCri(() => nowMs), { volumes });
    const envFiles = ['a.env', 'b.env'].map((path) => ({ volume: 'data', path }));
    const look = async () => (await observer.observe(part, { ...nothing, envFiles, limited: [] })).envFiles;
    const seen = (text: string | undefined) =>
      new Map([
        ['data/a.env', text],
        ['data/b.env', undefined],
      ]);
    expect(await look()).toEqual(seen('A=1'));
    texts.delete('data/a.env');
    expect(await look()).toEqual(seen(undefined));
  });
});

test('an observer asks what a container left when it has exited, once', async () => {
  const cri = new FakeCri(() => nowMs);
  const asked: string[] = [];
  const volumes = {
    ...noVolumes,
    terminationMessage: async (_: PodUid, { container, attempt }: { container: string; attempt: number }) => {
      asked.push(`${container}/${attempt}`);
      return 'bye';
    },
  };
  const observer = observerOf(cri, { volumes });
  const containers = [makeInstance('app', { state: 'exited' }), makeInstance('log')];
  for (const _ of [1, 2]) {
    const seen = await observer.observe({ sandboxes: [], containers }, wanted);
    const words = [...seen.containerDetails].map(([id, details]) => [id, details.terminationMessage]);
    expect(Object.fromEntries(words)).toEqual({ 'app-0': 'bye', 'log-0': undefined });
  }
  expect(asked).toEqual(['app/0']);
});
