import { describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import type { Pod, PodSpec } from '../../../src/pod/index.ts';
import { cgroupFacts, nodeFacts } from '../../fakes/facts.ts';
import { base64, configMap, secret } from '../../fakes/side-objects.ts';
import { makeContainer, makePod } from '../plan/base.ts';
import { badFile, goodFile, manifestsOf } from '../targets/manifests.ts';
import { intervalMs, Rig } from './rig.ts';

const files = { name: 'files', source: { kind: 'configMap', name: 'settings', defaultMode: 0o644 } } as const;
const settings = (mode: string) => configMap('settings', { mode });

function podWith(spec: Partial<PodSpec>, name = 'web'): Pod {
  const containers = [makeContainer(name, { volumeMounts: [{ name: 'files', mountPath: '/etc/settings' }] })];
  return makePod({ metadata: { name }, spec: { containers, volumes: [files], ...spec } });
}

const web = podWith({});
const bare = (spec: Partial<PodSpec> = {}) =>
  podWith({ containers: [makeContainer('web')], volumes: [], ...spec });

/** What the files of the volume hold now. */
function contentOf({ volumes }: Rig): readonly string[] {
  return volumes.uids.flatMap((uid) =>
    [...(volumes.get(uid)?.volumes.values() ?? [])].flatMap((setup) =>
      setup.kind === 'files' ? setup.files.map((file) => file.base64) : [],
    ),
  );
}

function acts(rig: Rig): string[] {
  return rig.cri.calls.filter((call) => /^(run|create|start|stop|remove)/.test(call));
}

describe('ConfigMaps and Secrets', () => {
  test('that come make the pods go on that wait for them, and nothing else has to happen', async () => {
    const rig = new Rig();
    await rig.startWith(web);
    const wait = {
      reason: 'CreateContainerConfigError',
      message: expect.stringContaining('"settings" not found'),
    };
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Pending', waiting: [wait] }]);
    expect(acts(rig)).toEqual([]);
    rig.define(settings('fast'));
    await rig.clock.advance(1);
    expect(acts(rig)).toEqual(['runSandbox web', 'createContainer web', 'startContainer web-0']);
    expect(contentOf(rig)).toEqual([base64('fast')]);
    await rig.reconciler.stop();
  });

  test('that change reach the files of what runs, which is left alone', async () => {
    const rig = await running();
    rig.define(settings('safe'));
    await rig.clock.advance(1);
    expect(contentOf(rig)).toEqual([base64('safe')]);
    rig.define();
    await rig.clock.advance(5 * intervalMs);
    expect(contentOf(rig)).toEqual([base64('safe')]);
    expect(acts(rig)).toEqual([]);
    await rig.reconciler.stop();
  });

  test('that change back after a failure halfway are brought to the files all the same', async () => {
    const rig = await running();
    const [uid] = rig.volumes.uids;
    const setUp = rig.volumes.setUp.bind(rig.volumes);
    rig.volumes.setUp = async (of, request) => {
      await setUp(of, request);
      throw new TinyletError('VOLUME_SETUP', 'volume "files": no space left on device');
    };
    rig.define(settings('safe'));
    await rig.clock.advance(1);
    expect(rig.reconciler.report().pods).toMatchObject([{ waiting: [{ reason: 'FailedMount' }] }]);
    rig.volumes.setUp = setUp;
    rig.define(settings('fast'));
    await rig.clock.advance(1);
    expect([uid, ...contentOf(rig)]).toEqual(['uid-1', base64('fast')]);
    await rig.reconciler.stop();
  });

  test('are kept while their file cannot be used, also by the next daemon', async () => {
    const before = await running();
    await before.reconciler.stop();
    const rig = new Rig();
    rig.objectRecords.kept = before.objectRecords.kept;
    rig.cri.images.add('web:1');
    rig.manifests = manifestsOf(badFile('/m/objects.yaml'), goodFile('/m/web.yaml', web));
    await rig.reconciler.start();
    await rig.clock.advance(1);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Running' }]);
    expect(contentOf(rig)).toEqual([base64('fast')]);
    await rig.reconciler.stop();
  });

  test('that cannot be recorded are told of, in force all the same, and recorded with the next look', async () => {
    const rig = new Rig();
    const save = rig.objectRecords.save;
    rig.objectRecords.save = () => Promise.reject(new TinyletError('STATE_IO', 'disk full'));
    rig.define(settings('fast'));
    await rig.startWith(web);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Running' }]);
    expect(rig.logger.lines).toContainEqual({
      ...{ level: 'warn', err: 'disk full', msg: 'objects cannot be recorded' },
    });
    expect(rig.objectRecords.kept).toEqual([]);
    rig.objectRecords.save = save;
    await rig.clock.advance(intervalMs);
    expect(rig.objectRecords.kept).toMatchObject([{ object: { kind: 'ConfigMap' } }]);
    await rig.reconciler.stop();
  });

  test('are recorded when something changed, and only then', async () => {
    const rig = await running();
    let saves = 0;
    const save = rig.objectRecords.save;
    rig.objectRecords.save = (records) => {
      saves += 1;
      return save(records);
    };
    rig.define(settings('fast'));
    await rig.clock.advance(5 * intervalMs);
    expect(saves).toBe(0);
    rig.define(settings('fast'), secret('keys', {}));
    await rig.clock.advance(5 * intervalMs);
    expect(saves).toBe(1);
    await rig.reconciler.stop();
  });

  test('that are refused are told with their file', async () => {
    const rig = await running();
    rig.define(settings('fast'), settings('safe'));
    await rig.clock.advance(1);
    expect(rig.reconciler.report().refused).toMatchObject([
      {
        file: '/m/objects.yaml',
        errors: [{ message: 'ConfigMap "default/settings" is already defined by /m/objects.yaml' }],
      },
    ]);
    await rig.reconciler.stop();
  });
});

/** A daemon with the pod `web` running on the ConfigMap `settings`, which says `fast`; its calls are forgotten. */
async function running(): Promise<Rig> {
  const rig = new Rig();
  rig.define(settings('fast'));
  await rig.startWith(web);
  rig.cri.clear();
  return rig;
}

describe('what a pod has on the machine', () => {
  test('goes with it: volumes, cgroup, record', async () => {
    const rig = new Rig();
    rig.node = nodeFacts({ cgroups: cgroupFacts({ shared: true }) });
    rig.define(settings('fast'));
    await rig.startWith(web);
    expect([rig.volumes.uids, rig.cgroups.uids]).toEqual([['uid-1'], ['uid-1']]);
    rig.put();
    await rig.clock.advance(1);
    expect([rig.volumes.uids, rig.cgroups.uids, [...rig.records.kept]]).toEqual([[], [], []]);
    await rig.reconciler.stop();
  });

  test('keeps its record until all of it is gone', async () => {
    const rig = await running();
    const tearDown = rig.volumes.tearDown.bind(rig.volumes);
    rig.volumes.tearDown = () =>
      Promise.reject(new TinyletError('VOLUME_TEARDOWN', 'device or resource busy'));
    rig.put();
    await rig.clock.advance(5 * intervalMs);
    expect(rig.reconciler.report().pods).toMatchObject([
      { terminating: true, waiting: [{ reason: 'FailedKillPod', message: 'device or resource busy' }] },
    ]);
    rig.volumes.tearDown = tearDown;
    await rig.clock.advance(60_000);
    expect([rig.volumes.uids, rig.reconciler.report().pods]).toEqual([[], []]);
    await rig.reconciler.stop();
  });

  test('is named by its last words when a container has exited', async () => {
    const rig = new Rig();
    await rig.startWith(bare({ restartPolicy: 'Never' }));
    const [uid] = rig.records.kept.keys();
    if (uid !== undefined) rig.volumes.write(uid, 'web/0', 'out of cheese');
    rig.cri.setState('web-0', 'exited', 1);
    rig.reconciler.hint('web-0');
    await rig.clock.advance(1);
    expect(rig.reconciler.report().pods).toMatchObject([
      { phase: 'Failed', containers: [{ state: { terminated: { message: 'out of cheese' } } }] },
    ]);
    await rig.reconciler.stop();
  });
});

describe('the end of a pod', () => {
  test('at its deadline comes on time, not with the next look at everything', async () => {
    const rig = new Rig();
    await rig.startWith(bare({ activeDeadlineSeconds: 5 }));
    await rig.clock.advance(5_000 - rig.clock.monotonicMs() - 1);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Running' }]);
    rig.cri.clear();
    await rig.clock.advance(2);
    expect(acts(rig)).toEqual(['stopContainer web-0', 'stopSandbox web-sandbox-0']);
    await rig.clock.advance(10 * intervalMs);
    expect(acts(rig)).toHaveLength(2);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Failed', reason: 'DeadlineExceeded' }]);
    await rig.reconciler.stop();
  });

  test('outlives the daemon, and an edit begins anew', async () => {
    const before = new Rig();
    await before.startWith(bare({ activeDeadlineSeconds: 1 }));
    await before.clock.advance(2_000);
    await before.reconciler.stop();
    const rig = new Rig();
    for (const [id, sandbox] of before.cri.sandboxes) rig.cri.sandboxes.set(id, sandbox);
    for (const [id, container] of before.cri.containers) rig.cri.containers.set(id, container);
    for (const [uid, record] of before.records.kept) rig.records.kept.set(uid, structuredClone(record));
    await rig.startWith(bare({ activeDeadlineSeconds: 1 }));
    await rig.clock.advance(5 * intervalMs);
    expect(acts(rig)).toEqual([]);
    rig.put(bare({ activeDeadlineSeconds: 60 }));
    await rig.clock.advance(1);
    expect(rig.reconciler.report().pods).toMatchObject([
      { phase: 'Running', containers: [{ restartCount: 1 }] },
    ]);
    await rig.reconciler.stop();
  });

  test('by a volume that is too full leaves no volume behind, and an edit begins with an empty one', async () => {
    const volumes = [{ name: 'data', source: { kind: 'emptyDir', medium: '', sizeLimit: '1Ki' } }] as const;
    const rig = new Rig();
    await rig.startWith(bare({ volumes }));
    const [uid] = rig.volumes.uids;
    if (uid === undefined) throw new Error('no volumes');
    rig.volumes.fill(uid, 'data', 1_025);
    await rig.clock.advance(12_000);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Failed', reason: 'Evicted' }]);
    expect(rig.volumes.uids).toEqual([]);
    rig.put(bare({ volumes, terminationGracePeriodSeconds: 5 }));
    await rig.clock.advance(12_000);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Running' }]);
    await rig.reconciler.stop();
  });
});

describe('what the runtime is', () => {
  test('is asked once, and again when it comes back', async () => {
    const rig = new Rig();
    await rig.startWith(bare());
    const asked = () => rig.cri.calls.filter((call) => call === 'facts').length;
    await rig.clock.advance(10 * intervalMs);
    expect(asked()).toBe(1);
    rig.cri.failing.set('listSandboxes', new TinyletError('CRI_UNAVAILABLE', 'nobody listens'));
    await rig.clock.advance(intervalMs);
    rig.cri.failing.clear();
    await rig.clock.advance(3 * intervalMs);
    expect(asked()).toBe(2);
    await rig.reconciler.stop();
  });

  test('must be known before anything is done', async () => {
    const rig = new Rig();
    rig.cri.failing.set('facts', new TinyletError('CRI_UNAVAILABLE', 'nobody listens'));
    await rig.startWith(bare());
    expect(acts(rig)).toEqual([]);
    expect(rig.reconciler.report().runtime).toEqual({ ready: false, message: 'nobody listens' });
    rig.cri.failing.clear();
    await rig.clock.advance(intervalMs);
    expect(rig.reconciler.report().pods).toMatchObject([{ phase: 'Running' }]);
    await rig.reconciler.stop();
  });
});
