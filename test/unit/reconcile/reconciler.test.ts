import { describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { asContainerId, type Pod } from '../../../src/pod/index.ts';
import { makeContainer, makePod } from '../plan/base.ts';
import { badFile, manifestsOf } from '../targets/manifests.ts';
import { gate } from './fake-cri.ts';
import { intervalMs, Rig } from './rig.ts';

function podNamed(name: string, image = `${name}:1`) {
  return makePod({ metadata: { name }, spec: { containers: [makeContainer(name, { image })] } });
}

const web = podNamed('web');
const list = ['listSandboxes', 'listContainers'];

function acts(calls: readonly string[]): string[] {
  return calls.filter((call) => !/^(list|facts|imageStatus|containerStatus|sandboxStatus)/.test(call));
}

/** A daemon that has not begun yet, on what one before it left running. */
async function restarted(...pods: Pod[]): Promise<Rig> {
  const before = new Rig();
  await before.startWith(...pods);
  await before.reconciler.stop();
  const rig = new Rig();
  for (const [id, sandbox] of before.cri.sandboxes) rig.cri.sandboxes.set(id, sandbox);
  for (const [id, container] of before.cri.containers) rig.cri.containers.set(id, container);
  for (const [uid, record] of before.records.kept)
    rig.records.kept.set(uid, JSON.parse(JSON.stringify(record)));
  return rig;
}

test('a new pod comes up: sandbox, container, start; its record is kept', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  expect(acts(rig.cri.calls)).toEqual(['runSandbox web', 'createContainer web', 'startContainer web-0']);
  expect([...rig.records.kept.values()]).toMatchObject([{ uid: 'uid-1', name: 'web', file: '/m/web.yaml' }]);
  expect(rig.reconciler.report().pods).toMatchObject([
    { name: 'web', phase: 'Running', podIPs: ['10.0.0.7'] },
  ]);
  await rig.reconciler.stop();
});

test('a converged tick costs two list calls and nothing else, and is silent', async () => {
  const rig = new Rig();
  await rig.startWith(web, podNamed('other'));
  await rig.clock.advance(intervalMs);
  rig.cri.clear();
  rig.logger.lines.length = 0;
  rig.loads = 0;
  await rig.clock.advance(intervalMs);
  expect(rig.cri.calls).toEqual(list);
  await rig.clock.advance(9 * intervalMs);
  expect(rig.cri.calls).toHaveLength(10 * list.length);
  expect(rig.loads).toBe(10);
  expect(rig.logger.lines).toEqual([]);
  await rig.reconciler.stop();
});

test('who listens is told of a converged tick as a whole, not of each pod, and once when nothing is under way', async () => {
  const rig = new Rig();
  await rig.startWith(web, podNamed('other'), podNamed('third'));
  await rig.clock.advance(intervalMs);
  const settled: boolean[] = [];
  rig.reconciler.onChange(() => settled.push(rig.reconciler.isSettled()));
  await rig.clock.advance(intervalMs);
  expect(settled).toEqual([false, true]);
  rig.cri.setState('web-0', 'exited', 1);
  await rig.clock.advance(intervalMs);
  expect(settled.length).toBeGreaterThan(4);
  await rig.reconciler.stop();
});

test('passes that find nothing new are counted, with what triggered them', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  await rig.clock.advance(intervalMs);
  const before = rig.reconciler.why('default', 'web')[0]?.passes.at(-1);
  await rig.clock.advance(3 * intervalMs);
  rig.reconciler.hint('web-0');
  await rig.clock.advance(1);
  const after = rig.reconciler.why('default', 'web')[0]?.passes.at(-1);
  expect(after).toMatchObject({
    at: before?.at,
    count: (before?.count ?? 0) + 4,
    snapshot: rig.reconciler.snapshot.number,
  });
  expect(after?.triggers).toContain('runtime event');
  expect(Date.parse(after?.lastAt ?? '')).toBeGreaterThan(
    Date.parse(before?.lastAt ?? '') + 3 * intervalMs - 1,
  );
  await rig.reconciler.stop();
});

test('status calls are made only for what changed', async () => {
  const rig = new Rig();
  await rig.startWith(web, podNamed('other'));
  await rig.clock.advance(intervalMs);
  rig.cri.clear();
  rig.cri.setState('web-0', 'exited', 1);
  rig.reconciler.hint('web-0');
  await rig.clock.advance(1);
  expect(rig.cri.calls.filter((call) => call.includes('Status'))).toEqual([
    'containerStatus web-0',
    'imageStatus web:1',
    'containerStatus web-1',
  ]);
  await rig.reconciler.stop();
});

test('one pass in flight for each pod: an edit during a slow call waits for its end, then is done', async () => {
  const rig = new Rig();
  const slow = gate();
  rig.cri.holding.set('runSandbox', slow.closed);
  await rig.startWith(web);
  expect(acts(rig.cri.calls)).toEqual(['runSandbox web']);
  rig.cri.images.add('web:2');
  rig.put(podNamed('web', 'web:2'));
  await rig.clock.advance(5 * intervalMs);
  expect(acts(rig.cri.calls)).toEqual(['runSandbox web']);
  slow.open();
  await rig.clock.advance(1);
  expect(rig.cri.calls).toContain('imageStatus web:2');
  expect([...rig.cri.containers.values()]).toMatchObject([{ image: 'sha256:web:2', state: 'running' }]);
  await rig.reconciler.stop();
});

test('one slow pod does not hold up another', async () => {
  const rig = new Rig();
  const slow = gate();
  rig.cri.holding.set('startContainer', slow.closed);
  await rig.startWith(web);
  rig.cri.holding.delete('startContainer');
  rig.cri.images.add('other:1');
  rig.put(web, podNamed('other'));
  await rig.clock.advance(1);
  expect(rig.cri.containers.get('other-0')).toMatchObject({ state: 'running' });
  slow.open();
  await rig.reconciler.stop();
});

test('a plan never rests on a snapshot begun before the last action ended', async () => {
  const rig = new Rig();
  const slowRun = gate();
  rig.cri.holding.set('runSandbox', slowRun.closed);
  rig.cri.late.add('runSandbox');
  await rig.startWith(web);
  // This snapshot shows the time before the sandbox, and comes back when it is there.
  const slowList = gate();
  rig.cri.holding.set('listSandboxes', slowList.closed);
  rig.reconciler.hint();
  await rig.clock.advance(0);
  rig.cri.holding.delete('listSandboxes');
  slowRun.open();
  await rig.clock.advance(0);
  expect(acts(rig.cri.calls)).toEqual(['runSandbox web']);
  slowList.open();
  await rig.clock.advance(1);
  expect(acts(rig.cri.calls)).toEqual(['runSandbox web', 'createContainer web', 'startContainer web-0']);
  await rig.reconciler.stop();
});

test('a hint that comes during a pass is not lost, even if that pass has nothing to do', async () => {
  const rig = await restarted(web);
  const slow = gate();
  rig.cri.holding.set('sandboxStatus', slow.closed);
  await rig.startWith(web);
  rig.cri.setState('web-0', 'exited', 1);
  rig.reconciler.hint('web-0');
  await rig.clock.advance(1);
  expect(acts(rig.cri.calls)).toEqual([]);
  slow.open();
  await rig.clock.advance(1);
  expect(rig.cri.containers.get('web-1')).toMatchObject({ state: 'running' });
  await rig.reconciler.stop();
});

describe('deletion', () => {
  test('stops, removes, and ends the record; the same name again is a new pod', async () => {
    const rig = new Rig();
    await rig.startWith(web);
    rig.cri.clear();
    rig.put();
    await rig.clock.advance(1);
    expect(acts(rig.cri.calls)).toEqual([
      'stopContainer web-0',
      'stopSandbox web-sandbox-0',
      'removeSandbox web-sandbox-0',
    ]);
    expect([...rig.records.kept]).toEqual([]);
    rig.put(web);
    await rig.clock.advance(1);
    expect([...rig.records.kept.keys()]).toEqual(['uid-2']);
    await rig.reconciler.stop();
  });

  test('the same name waits until the old pod is gone, and comes at once then', async () => {
    const rig = new Rig();
    await rig.startWith(web);
    const slow = gate();
    rig.cri.late.add('stopContainer');
    rig.cri.holding.set('stopContainer', slow.closed);
    rig.put();
    await rig.clock.advance(1);
    rig.put(web);
    await rig.clock.advance(10 * intervalMs);
    expect(rig.reconciler.report().pods).toMatchObject([
      { uid: 'uid-1', terminating: true },
      { uid: 'uid-2', terminating: false, waiting: [{ reason: 'PodTerminating' }] },
    ]);
    slow.open();
    await rig.clock.advance(1);
    expect([...rig.cri.sandboxes.values()]).toMatchObject([{ uid: 'uid-2', state: 'ready' }]);
    await rig.reconciler.stop();
  });
});

test('a broken edit changes nothing and is told once', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  rig.cri.clear();
  rig.logger.lines.length = 0;
  rig.manifests = manifestsOf(badFile('/m/web.yaml'));
  rig.reconciler.hintManifests();
  await rig.clock.advance(5 * intervalMs);
  expect(acts(rig.cri.calls)).toEqual([]);
  expect(rig.logger.lines).toHaveLength(1);
  expect(rig.logger.lines).toMatchObject([{ level: 'error', file: '/m/web.yaml' }]);
  expect(rig.reconciler.report()).toMatchObject({
    pods: [{ name: 'web', stale: true, phase: 'Running' }],
    refused: [{ file: '/m/web.yaml' }],
  });
  await rig.reconciler.stop();
});

test('a restarted daemon adopts healthy pods without touching them', async () => {
  const rig = await restarted(web);
  await rig.startWith(web);
  expect(rig.cri.calls).toEqual([...list, 'facts', 'containerStatus web-0', 'sandboxStatus web-sandbox-0']);
  await rig.reconciler.stop();
});

test('a runtime that is down is told once, nothing is done meanwhile, and its return is told', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  rig.logger.lines.length = 0;
  rig.cri.failing.set('listSandboxes', new TinyletError('CRI_UNAVAILABLE', 'nobody listens'));
  rig.put();
  await rig.clock.advance(5 * intervalMs);
  expect(rig.logger.lines).toEqual([
    { level: 'warn', err: 'nobody listens', msg: 'runtime does not answer' },
  ]);
  expect(rig.reconciler.report().runtime).toEqual({ ready: false, message: 'nobody listens' });
  expect(rig.cri.sandboxes.size).toBe(1);
  rig.cri.failing.clear();
  await rig.clock.advance(intervalMs);
  expect(rig.logger.lines[1]).toEqual({ level: 'info', msg: 'runtime answers again' });
  expect(rig.cri.sandboxes.size).toBe(0);
  await rig.reconciler.stop();
});

test('a failing step is tried again 1, 2, 4 … s later, not at every tick', async () => {
  const rig = new Rig();
  rig.cri.failing.set('runSandbox', new TinyletError('CRI_FAILED', 'no network'));
  const tries = () => rig.cri.calls.filter((call) => call === 'runSandbox web').length;
  rig.put(web);
  await rig.reconciler.start();
  const counted: number[] = [];
  for (const seconds of [0, 0.9, 0.2, 1.8, 0.2, 3.8, 0.2]) {
    await rig.clock.advance(seconds * 1000);
    counted.push(tries());
  }
  expect(counted).toEqual([1, 1, 2, 2, 3, 3, 4]);
  expect(rig.reconciler.report().pods).toMatchObject([
    { phase: 'Pending', waiting: [{ reason: 'FailedCreatePodSandBox', message: 'no network' }] },
  ]);
  await rig.reconciler.stop();
});

test('a success ends a row of failures: the next one begins again at 1 s', async () => {
  const rig = new Rig();
  const tries = () => rig.cri.calls.filter((call) => call === 'runSandbox web').length;
  rig.cri.failing.set('runSandbox', new TinyletError('CRI_FAILED', 'no network'));
  await rig.startWith(web);
  await rig.clock.advance(3_000);
  rig.cri.failing.clear();
  await rig.clock.advance(5_000);
  expect(rig.cri.sandboxes.size).toBe(1);
  rig.cri.failing.set('runSandbox', new TinyletError('CRI_FAILED', 'no network'));
  rig.cri.setState('web-0', 'exited', 1);
  for (const [id, sandbox] of rig.cri.sandboxes)
    rig.cri.sandboxes.set(id, { ...sandbox, state: 'not-ready' });
  rig.reconciler.hint();
  await rig.clock.advance(0);
  const before = tries();
  await rig.clock.advance(1_000);
  expect(tries()).toBe(before + 1);
  await rig.reconciler.stop();
});

test('an edit is tried at once, whatever failed before', async () => {
  const rig = new Rig();
  rig.cri.failing.set('runSandbox', new TinyletError('CRI_FAILED', 'no network'));
  await rig.startWith(web);
  rig.cri.failing.clear();
  rig.put(makePod({ spec: { hostNetwork: true, containers: web.spec.containers } }));
  await rig.clock.advance(1);
  expect(rig.cri.sandboxes.size).toBe(1);
  await rig.reconciler.stop();
});

describe('stop', () => {
  test('starts nothing new and leaves the pods running', async () => {
    const rig = new Rig();
    const slow = gate();
    rig.cri.holding.set('runSandbox', slow.closed);
    await rig.startWith(web);
    const stopped = rig.reconciler.stop();
    slow.open();
    await rig.clock.complete(stopped, 3_999);
    await rig.clock.advance(5 * intervalMs);
    expect(acts(rig.cri.calls)).toEqual(['runSandbox web']);
    expect([...rig.cri.sandboxes.values()]).toMatchObject([{ state: 'ready' }]);
  });

  test('ends a pass between two actions', async () => {
    const rig = new Rig();
    const slow = gate();
    rig.cri.holding.set('createContainer', slow.closed);
    const two = ['one', 'two'].map((name) => makeContainer(name));
    await rig.startWith(makePod({ spec: { containers: two } }));
    const stopped = rig.reconciler.stop();
    slow.open();
    await rig.clock.complete(stopped, 3_999);
    expect(acts(rig.cri.calls)).toEqual(['runSandbox web', 'createContainer one']);
  });

  test('leaves a removal half done for the next start', async () => {
    const rig = new Rig();
    await rig.startWith(web);
    const slow = gate();
    rig.cri.holding.set('removeSandbox', slow.closed);
    rig.put();
    await rig.clock.advance(1);
    const stopped = rig.reconciler.stop();
    slow.open();
    await rig.clock.complete(stopped, 3_999);
    expect([...rig.records.kept.values()]).toMatchObject([
      { uid: 'uid-1', deletionStartedAtMs: expect.any(Number) },
    ]);
  });

  test('waits up to 4 s for calls in flight', async () => {
    const rig = new Rig();
    rig.cri.holding.set('runSandbox', gate().closed);
    await rig.startWith(web);
    let ended = false;
    const stopped = rig.reconciler.stop().then(() => {
      ended = true;
    });
    await rig.clock.advance(3_999);
    expect(ended).toBe(false);
    await rig.clock.complete(stopped, 300);
  });

  test('does not wait for a runtime that hangs on a look', async () => {
    const rig = new Rig();
    await rig.startWith(web);
    rig.cri.holding.set('listSandboxes', gate().closed);
    await rig.clock.advance(intervalMs);
    await rig.clock.complete(rig.reconciler.stop(), 4_300);
  });

  test('ends at once when nothing is in flight, and leaves no timer behind', async () => {
    const rig = new Rig();
    await rig.startWith(web);
    await rig.clock.complete(rig.reconciler.stop(), 0);
    rig.cri.clear();
    await rig.clock.advance(10 * intervalMs);
    expect(rig.cri.calls).toEqual([]);
  });
});

test('a dry run plans from one look and touches nothing', async () => {
  const rig = new Rig();
  rig.manifests = manifestsOf();
  rig.put(web);
  const plans = await rig.reconciler.planOnce();
  expect(plans.map(({ plan }) => plan.actions.map(({ type }) => type))).toEqual([
    ['save-record', 'ensure-image', 'run-sandbox'],
  ]);
  expect(rig.cri.calls).toEqual([...list, 'facts']);
  expect(rig.records.kept.size).toBe(0);
});

test('a pod that cannot be looked at says why, in the report and once in the log, and comes back', async () => {
  const rig = await restarted(web);
  rig.cri.failing.set('sandboxStatus', new TinyletError('CRI_FAILED', 'no status today'));
  await rig.startWith(web);
  await rig.clock.advance(3 * intervalMs);
  const wait = { reason: 'FailedSync', message: 'no status today' };
  expect(rig.reconciler.report().pods).toMatchObject([{ name: 'web', waiting: [wait] }]);
  expect(rig.logger.lines.filter(({ msg }) => msg === 'pod cannot be observed')).toHaveLength(1);
  rig.cri.failing.clear();
  await rig.clock.advance(intervalMs);
  expect(rig.reconciler.report().pods).toMatchObject([{ name: 'web', phase: 'Running', waiting: [] }]);
  await rig.reconciler.stop();
});

test('a pod that could not be looked at once is as it was at the next look', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  await rig.clock.advance(intervalMs);
  const before = rig.reconciler.report().pods;
  const [app] = [...rig.cri.containers.values()];
  if (app === undefined) throw new Error('it runs');
  rig.cri.containers.set('passing', { ...app, id: asContainerId('passing'), state: 'exited' });
  rig.cri.failing.set('containerStatus', new Error('gone'));
  await rig.clock.advance(intervalMs);
  expect(rig.reconciler.report().pods[0]?.waiting).toMatchObject([{ reason: 'FailedSync' }]);
  rig.cri.containers.delete('passing');
  await rig.clock.advance(intervalMs);
  expect(rig.reconciler.report().pods).toEqual(before);
});
