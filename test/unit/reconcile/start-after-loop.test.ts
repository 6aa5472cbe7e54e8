/** The order between pods as the loop carries it out: who is woken when, and what is called in which order. */
import { describe, expect, test } from 'vitest';
import { annotation, type Pod, type Probe } from '../../../src/pod/index.ts';
import { makeContainer, makePod } from '../plan/base.ts';
import { gate } from './fake-cri.ts';
import { intervalMs, Rig } from './rig.ts';

const readinessProbe: Probe = {
  handler: { kind: 'exec', command: ['true'] },
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 1,
  successThreshold: 1,
  failureThreshold: 1,
};

function podNamed(name: string, startAfter?: string, changes: Parameters<typeof makeContainer>[1] = {}): Pod {
  const annotations = startAfter === undefined ? {} : { [annotation.startAfter]: startAfter };
  return makePod({ metadata: { name, annotations }, spec: { containers: [makeContainer(name, changes)] } });
}

const db = podNamed('db');
const probedDb = podNamed('db', undefined, { readinessProbe });
const web = podNamed('web', 'db');

/** The calls that begin or end something, in order. */
function acts(rig: Rig): string[] {
  return rig.cri.calls.filter((call) => /^(run|start|stop|remove)/.test(call));
}

/** A daemon that comes up on what the one before left. */
async function restarted(before: Rig): Promise<Rig> {
  await before.reconciler.stop();
  const rig = new Rig();
  for (const image of before.cri.images) rig.cri.images.add(image);
  for (const [id, sandbox] of before.cri.sandboxes) rig.cri.sandboxes.set(id, sandbox);
  for (const [id, container] of before.cri.containers) rig.cri.containers.set(id, container);
  for (const [id, details] of before.cri.details) rig.cri.details.set(id, details);
  for (const [uid, record] of before.records.kept) rig.records.kept.set(uid, record);
  return rig;
}

describe('a pod that starts after another', () => {
  test('begins at once when that one is Ready, whatever the order of the files', async () => {
    const rig = new Rig();
    await rig.startWith(web, db);
    expect(acts(rig)).toEqual([
      'runSandbox db',
      'startContainer db-0',
      'runSandbox web',
      'startContainer web-0',
    ]);
    await rig.reconciler.stop();
  });

  test('waits for its readiness probe, and begins with the probe that succeeds', async () => {
    const rig = new Rig();
    rig.probed = 'failure';
    await rig.startWith(web, probedDb);
    await rig.clock.advance(10 * intervalMs);
    expect(acts(rig)).toEqual(['runSandbox db', 'startContainer db-0']);
    expect(rig.reconciler.report().pods).toMatchObject([
      { name: 'db' },
      { name: 'web', waiting: [{ reason: 'StartAfter', message: 'waits for pod "default/db" to be Ready' }] },
    ]);
    rig.probed = 'success';
    await rig.clock.advance(1_000);
    expect(acts(rig).slice(2)).toEqual(['runSandbox web', 'startContainer web-0']);
    await rig.reconciler.stop();
  });

  test('goes on when that one gets unready, also over a restart of the daemon', async () => {
    const rig = new Rig();
    await rig.startWith(web, probedDb);
    await rig.clock.advance(intervalMs);
    rig.cri.clear();
    rig.probed = 'failure';
    await rig.clock.advance(5 * intervalMs);
    rig.cri.setState('web-0', 'exited', 1);
    rig.reconciler.hint();
    await rig.clock.advance(intervalMs);
    expect(acts(rig)).toEqual(['startContainer web-1']);
    const next = await restarted(rig);
    next.probed = 'failure';
    await next.startWith(web, probedDb);
    expect(acts(next)).toEqual([]);
    await next.reconciler.stop();
  });

  test('waits again where its sandbox has to be made anew', async () => {
    const rig = new Rig();
    await rig.startWith(web, probedDb);
    await rig.clock.advance(intervalMs);
    rig.cri.clear();
    rig.probed = 'failure';
    await rig.clock.advance(intervalMs);
    const sandbox = rig.cri.sandboxes.get('web-sandbox-0');
    if (sandbox !== undefined) rig.cri.sandboxes.set(sandbox.id, { ...sandbox, state: 'not-ready' });
    rig.cri.setState('web-0', 'exited', 137);
    await rig.clock.advance(5 * intervalMs);
    expect(acts(rig)).toEqual([]);
    rig.probed = 'success';
    await rig.clock.advance(1_000);
    expect(acts(rig)).toContain('runSandbox web');
    await rig.reconciler.stop();
  });

  test('an edit into a cycle is refused, and what runs goes on', async () => {
    const rig = new Rig();
    await rig.startWith(db, web);
    rig.cri.clear();
    rig.put(podNamed('db', 'web', { image: 'db:2' }), web);
    await rig.clock.advance(5 * intervalMs);
    expect(acts(rig)).toEqual([]);
    const { pods, refused } = rig.reconciler.report();
    expect(refused.map(({ file, errors }) => [file, errors[0]?.message])).toEqual([
      ['/m/db.yaml', 'cycle: default/db → default/web → default/db'],
      ['/m/web.yaml', 'cycle: default/db → default/web → default/db'],
    ]);
    expect(pods).toMatchObject([{ stale: true }, { stale: true }]);
    rig.put(db, web);
    await rig.clock.advance(1);
    expect(rig.reconciler.report()).toMatchObject({
      refused: [],
      pods: [{ stale: false }, { stale: false }],
    });
    await rig.reconciler.stop();
  });
});

test('pods that are removed at once go in the reverse order', async () => {
  const rig = new Rig();
  const front = podNamed('front', 'web');
  await rig.startWith(db, web, front);
  rig.cri.clear();
  rig.put();
  await rig.clock.advance(1);
  expect(acts(rig)).toEqual(
    ['front', 'web', 'db'].flatMap((name) => [
      `stopContainer ${name}-0`,
      `stopSandbox ${name}-sandbox-0`,
      `removeSandbox ${name}-sandbox-0`,
    ]),
  );
  await rig.reconciler.stop();
});

describe('the shutdown of a node', () => {
  test('stops all pods in the reverse order, and the next start brings them back in order', async () => {
    const rig = new Rig();
    await rig.startWith(db, web);
    rig.cri.clear();
    const left = rig.reconciler.shutDown(30_000);
    await rig.clock.advance(1);
    expect(await left).toEqual([]);
    expect(acts(rig)).toEqual([
      ...['stopContainer web-0', 'stopSandbox web-sandbox-0'],
      ...['stopContainer db-0', 'stopSandbox db-sandbox-0'],
    ]);
    const next = await restarted(rig);
    await next.startWith(db, web);
    expect(acts(next).filter((call) => /^(run|start)/.test(call))).toEqual([
      ...['runSandbox db', 'startContainer db-1'],
      ...['runSandbox web', 'startContainer web-1'],
    ]);
    await next.reconciler.stop();
  });

  test('begins nothing any more', async () => {
    const rig = new Rig();
    await rig.startWith(db);
    rig.cri.images.add('web:1');
    rig.cri.clear();
    const left = rig.reconciler.shutDown(30_000);
    rig.put(db, podNamed('web'));
    await rig.clock.advance(10 * intervalMs);
    expect(await left).toEqual([]);
    expect(acts(rig)).toEqual(['stopContainer db-0', 'stopSandbox db-sandbox-0']);
    await rig.reconciler.stop();
  });

  test('tells after its time what has not stopped; that one took no time of the others', async () => {
    const rig = new Rig();
    await rig.startWith(db, web);
    rig.cri.clear();
    const deaf = gate();
    rig.cri.late.add('stopContainer');
    rig.cri.holding.set('stopContainer', deaf.closed);
    const left = rig.reconciler.shutDown(20_000);
    await rig.clock.advance(8_999);
    expect(acts(rig)).toEqual(['stopContainer web-0']);
    await rig.clock.advance(1);
    expect(acts(rig)).toEqual(['stopContainer web-0', 'stopContainer db-0']);
    let isOver = false;
    void left.then(() => {
      isOver = true;
    });
    await rig.clock.advance(10_999);
    expect(isOver).toBe(false);
    await rig.clock.advance(1);
    expect(await left).toEqual(['default/db', 'default/web']);
    deaf.open();
    await rig.reconciler.stop();
  });

  test('is over at once where the loop never began', async () => {
    expect(await new Rig().reconciler.shutDown(30_000)).toEqual([]);
  });
});
