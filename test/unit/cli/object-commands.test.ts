import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type JsonObject, objectAt, TinyletError } from '../../../src/base/index.ts';
import { parseManifest } from '../../../src/manifest/index.ts';
import { ObjectWorld, shownPod } from '../api/object-world.ts';
import { type Outcome, tinylet, type World } from './fake-program.ts';
import { ObjectClient } from './object-client.ts';

/** Only a broken program outlasts it. */
const PATIENT = { timeout: 10_000 };

let objects: ObjectWorld;
let client: ObjectClient;

beforeEach(() => {
  objects = new ObjectWorld();
  client = new ObjectClient(objects);
  objects.put('pods', shownPod('web', {}, { labels: { app: 'web' } }));
});

function run(words: string, world: World = {}): Promise<Outcome> {
  return tinylet(words.split(' '), { client: () => client, clock: objects.clock, ...world });
}

describe('apply', () => {
  const FLAT = 'name: flat\nlabels: {app: x}\ncontainers: [{name: app, image: busybox}]\n';
  const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: v}\n';

  /** The files of `-f`, as the manifest room reads them. */
  function apply(words: string, ...texts: readonly string[]): Promise<Outcome> {
    const files = texts.map((text, index) => parseManifest({ file: `f${index}.yaml`, text }));
    return run(`apply ${words}`, { files });
  }

  test('says what became of each object, in the words of kubectl', async () => {
    const first = await apply('-f f0.yaml -f f1.yaml', FLAT, MAP);
    expect(first).toMatchObject({ out: 'pod/flat created\nconfigmap/c created\n', err: '', code: 0 });
    expect(first.called).toEqual([{ what: 'readManifests', files: ['f0.yaml', 'f1.yaml'] }]);
    expect(objects.shown('pods', { namespace: 'default', name: 'flat' })).toMatchObject({
      metadata: { labels: { app: 'x' }, managedFields: [{ manager: 'tinylet', operation: 'Apply' }] },
      spec: { containers: [{ name: 'app', image: 'busybox' }] },
    });
    expect(await apply('-f -', `${FLAT}---\n${MAP.replace('k: v', 'l: w')}`)).toMatchObject({
      out: 'pod/flat unchanged\nconfigmap/c configured\n',
      code: 0,
    });
    expect(objects.shown('configmaps', { namespace: 'default', name: 'c' })).toMatchObject({
      data: { l: 'w' },
    });
    expect(objectAt(objects.shown('configmaps', { namespace: 'default', name: 'c' }), 'data')).toEqual({
      l: 'w',
    });
  });

  test('with --dry-run nothing is written', async () => {
    const { out, code } = await apply('-f - --dry-run=server', MAP);
    expect({ out, code }).toEqual({ out: 'configmap/c created (server dry run)\n', code: 0 });
    expect(objects.calls.map(([what]) => what)).toEqual(['check']);
  });

  test('what is of no namespace goes to the one that is named', async () => {
    objects.put('namespaces', { metadata: { name: 'shop' } });
    await apply('-f - -n shop', MAP);
    expect(objects.shown('configmaps', { namespace: 'shop', name: 'c' })).toMatchObject({ data: { k: 'v' } });
    const elsewhere = await apply('-f - -n shop', MAP.replace('name: c', 'name: c, namespace: default'));
    expect(elsewhere).toMatchObject({ out: '', code: 2 });
    expect(elsewhere.err).toContain('give --namespace=default, or none');
  });

  test('every object is tried, and each failure says where it stands', async () => {
    objects.files.set('configmaps/default/c', '/etc/tinylet/manifests/c.yaml');
    const { out, err, code } = await apply('-f d', 'containers: 1\n', MAP, `# a\n${FLAT}`);
    expect({ out, code }).toEqual({ out: 'pod/flat created\n', code: 1 });
    expect(err.split('\n')).toEqual([
      'f0.yaml:1:1: name: Required value',
      'f0.yaml:1:13: containers: expected a list, got the number 1',
      'Error from server (Forbidden): error when applying "f1.yaml:1": it is defined by /etc/tinylet/manifests/c.yaml',
      '',
    ]);
  });

  test('--wait goes on until pods are ready, and says which are not', async () => {
    const texts = ['flat', 'late'].map((name) => FLAT.replace('flat', name));
    const running = apply('-f d --wait --timeout 30s', ...texts, MAP);
    await vi.waitFor(
      () => expect(client.asked.filter((each) => each.includes('watch=true'))).toHaveLength(2),
      PATIENT,
    );
    const pod = objects.shown('pods', { namespace: 'default', name: 'flat' });
    objects.put('pods', { ...pod, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    await passed(30_000);
    expect(await running).toMatchObject({
      out: 'pod/flat created\npod/late created\nconfigmap/c created\npod/flat condition met\n',
      err: 'error: timed out waiting for the condition on pods/late\n',
      code: 1,
    });
  });

  test('--wait goes on until a pod of that name that is being deleted is gone', async () => {
    objects.put('pods', shownPod('flat', {}, { deletionTimestamp: '2026-01-01T12:00:30Z' }));
    const running = apply('-f - --wait --timeout 1m', FLAT);
    await vi.waitFor(() => expect(client.asked.at(-1)).toContain('watch=true'), PATIENT);
    await passed(20_000);
    expect(objects.calls).toEqual([]);
    objects.remove('pods', { namespace: 'default', name: 'flat' });
    await passed(1000);
    await vi.waitFor(() => expect(objects.calls).toHaveLength(1), PATIENT);
    await passed(60_000);
    expect(await running).toMatchObject({ out: 'pod/flat created\n', code: 1 });
  });

  test('a pod that has failed is not waited for', async () => {
    objects.put('pods', shownPod('flat', { status: { phase: 'Failed', reason: 'Evicted' } }));
    const { err, code } = await apply('-f - --wait', FLAT);
    expect({ err, code }).toEqual({ err: 'tinylet: pod/flat has failed: Evicted\n', code: 1 });
  });

  test.each([
    ['apply', 'apply needs a file: tinylet apply -f FILE'],
    ['apply pod.yaml', 'apply takes no arguments, not "pod.yaml"'],
    ['apply -f x --dry-run=client', '--dry-run: only the daemon can judge: --dry-run=server'],
  ])('%s is wrong usage', async (words, message) => {
    expect(await run(words)).toMatchObject({ code: 2, err: `tinylet: ${message}\nsee tinylet --help\n` });
  });
});

describe('delete', () => {
  test.each<[words: string, out: string]>([
    ['delete pod web', 'pod "web" deleted from default namespace\n'],
    [
      'delete pod/web cm/c',
      'pod "web" deleted from default namespace\nconfigmap "c" deleted from default namespace\n',
    ],
    ['delete pods -l app=web', 'pod "web" deleted from default namespace\n'],
    ['delete po --all', 'pod "web" deleted from default namespace\n'],
    [
      'delete cm --all -A',
      'configmap "c" deleted from default namespace\nconfigmap "d" deleted from shop namespace\n',
    ],
    ['delete runtimeclass fast', 'runtimeclass.node.k8s.io "fast" deleted\n'],
    ['delete pods -l app=none', 'No resources found\n'],
    ['delete pod nobody --ignore-not-found', ''],
  ])('%s', async (words, out) => {
    for (const [name, namespace] of [
      ['c', 'default'],
      ['d', 'shop'],
    ] as const)
      objects.put('configmaps', {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { name, namespace, uid: name },
      });
    objects.put('runtimeclasses', {
      kind: 'RuntimeClass',
      apiVersion: 'node.k8s.io/v1',
      metadata: { name: 'fast', uid: 'f' },
    });
    expect(await run(words)).toMatchObject({ out, err: '', code: 0 });
  });

  test.each<[flag: string, deletion: JsonObject]>([
    ['--grace-period=7', { gracePeriodSeconds: 7 }],
    ['--now', { gracePeriodSeconds: 1 }],
    ['--grace-period=0', { gracePeriodSeconds: 1 }],
    ['--force', { gracePeriodSeconds: 0 }],
    ['--force --grace-period=0 --timeout=0s', { gracePeriodSeconds: 0 }],
    ['--wait', {}],
  ])('with %s', async (flag, deletion) => {
    await run(`delete pod web ${flag}`);
    expect(objects.calls).toEqual([['delete', 'pods', { namespace: 'default', name: 'web' }, deletion]]);
  });

  test('of files, each object is tried', async () => {
    const text = ['nobody', 'web']
      .map((name) => `name: ${name}\ncontainers: [{name: a, image: b}]\n`)
      .join('---\n');
    expect(await run('delete -f -', { files: [parseManifest({ file: '-', text })] })).toMatchObject({
      out: 'pod "web" deleted from default namespace\n',
      err: 'Error from server (NotFound): pods "nobody" not found\n',
      code: 1,
    });
  });

  test('it waits until what was deleted is gone, and takes no other of that name for it', async () => {
    objects.delete = async (resource, name) => objects.shown(resource, name);
    const running = run('delete pod web --timeout 1m');
    await vi.waitFor(() => expect(client.asked.at(-1)).toContain('watch=true'), PATIENT);
    objects.put('pods', shownPod('web', {}, { uid: 'another' }));
    await passed(2000);
    expect(await running).toMatchObject({ code: 0, err: '' });
    const lasting = run('delete pod web --timeout 1m');
    await vi.waitFor(
      () => expect(client.asked.filter((each) => each.includes('watch=true'))).toHaveLength(2),
      PATIENT,
    );
    await passed(60_000);
    expect(await lasting).toMatchObject({
      code: 1,
      err: 'error: timed out waiting for the condition on pods/web\n',
    });
    expect(await run('delete pod web --wait=false')).toMatchObject({ code: 0, err: '' });
  });

  test('pvc: the claim goes with what it holds, and alone where that is nothing', async () => {
    const claim = {
      kind: 'PersistentVolumeClaim',
      apiVersion: 'v1',
      metadata: { name: 'data', namespace: 'default', uid: 'c' },
    };
    objects.put('persistentvolumeclaims', claim);
    expect(await run('delete pvc data')).toMatchObject({
      out: 'persistentvolumeclaim "data" deleted\n',
      code: 0,
    });
    expect(objects.held.has('persistentvolumeclaims/default/data')).toBe(false);
    const missing = {
      claimFailure: new TinyletError('CLAIM', 'persistentvolumeclaim "default/data" not found'),
    };
    objects.put('persistentvolumeclaims', claim);
    expect(await run('delete pvc data', missing)).toMatchObject({ code: 0, err: '' });
    expect(await run('delete pvc data', missing)).toMatchObject({
      code: 1,
      err: 'tinylet: persistentvolumeclaim "default/data" not found\n',
    });
  });

  test('pvc: while a pod uses what it holds, nothing changes', async () => {
    objects.put('persistentvolumeclaims', { metadata: { name: 'data', namespace: 'default', uid: 'c' } });
    const claimFailure = new TinyletError('CLAIM', 'it is used by pod "x"', { facts: { users: ['x'] } });
    expect(await run('delete pvc/data', { claimFailure })).toMatchObject({
      out: '',
      err: 'tinylet: it is used by pod "x"\n',
      code: 1,
    });
    expect(objects.held.has('persistentvolumeclaims/default/data')).toBe(true);
  });
});

describe('wait', () => {
  test.each<[words: string, met: boolean]>([
    ['--for=condition=Ready', true],
    ['--for condition=ready=TRUE', true],
    ['--for=condition=Ready=False', false],
    ['--for=condition=Nothing', false],
    ['--for=create', true],
    ['--for=delete', false],
    ['--for=jsonpath={.status.phase}=Running', true],
    ['--for=jsonpath={.status.phase}', true],
    ['--for=jsonpath={.status.phase}=Pending', false],
    ['--for=jsonpath=.status.containerStatuses[0].ready=true', true],
    ["--for=jsonpath={.metadata.labels['app']}=web", true],
    ['--for=jsonpath={.status.none}', false],
  ])('%s, looked at once', async (words, met) => {
    expect(await run(`wait pod/web ${words} --timeout=0s`)).toMatchObject(
      met
        ? { out: 'pod/web condition met\n', err: '', code: 0 }
        : { out: '', err: 'error: timed out waiting for the condition on pods/web\n', code: 1 },
    );
  });

  test('for what comes to be', async () => {
    objects.put('pods', shownPod('web', { status: { phase: 'Pending' } }));
    const running = run('wait pod web --for=condition=Ready --timeout=1m');
    await vi.waitFor(() => expect(client.asked.at(-1)).toContain('watch=true'), PATIENT);
    await passed(10_000);
    objects.put('pods', shownPod('web'));
    await passed(2000);
    expect(await running).toMatchObject({ out: 'pod/web condition met\n', code: 0 });
  });

  test.each<[words: string, outcome: Partial<Outcome>]>([
    [
      'pod/nobody --for=condition=Ready',
      { err: 'Error from server (NotFound): pods "nobody" not found\n', code: 1 },
    ],
    ['pod/nobody --for=delete', { out: 'pod/nobody condition met\n', code: 0 }],
    ['pods -l app=web --for=condition=Ready', { out: 'pod/web condition met\n', code: 0 }],
    ['pods --all --for=condition=Ready', { out: 'pod/web condition met\n', code: 0 }],
    ['pods -A --all --for=condition=Ready', { out: 'pod/web condition met\n', code: 0 }],
    ['pod/web -A --for=delete', { err: expect.stringContaining('give -n instead of -A'), code: 2 }],
    ['pods -l app=none --for=condition=Ready', { err: 'tinylet: no matching resources found\n', code: 1 }],
    ['pods --for=condition=Ready', { err: expect.stringContaining('name what is meant'), code: 2 }],
    ['pod/web', { err: expect.stringContaining('wait needs what for'), code: 2 }],
    ['pod/web --for=luck', { err: expect.stringContaining('"luck" is nothing to wait for'), code: 2 }],
    ['pod/web --for=jsonpath={.a[*]}', { err: expect.stringContaining('use tinylet kubectl wait'), code: 2 }],
  ])('%s', async (words, outcome) => {
    expect(await run(`wait ${words}`)).toMatchObject(outcome);
  });
});

describe('kubectl', () => {
  test.each<[line: string, env: NodeJS.ProcessEnv, args: string, given: Record<string, string>]>([
    ['kubectl get pods -A -o wide', {}, 'get pods -A -o wide', { KUBECONFIG: '/var/lib/tinylet/kubeconfig' }],
    [
      'kubectl exec web -- ls -la',
      { TINYLET_ROOT_DIR: '/r' },
      'exec web -- ls -la',
      { KUBECONFIG: '/r/kubeconfig' },
    ],
    ['--root-dir /r kubectl --help', { KUBECONFIG: '/x' }, '--help', { KUBECONFIG: '/r/kubeconfig' }],
    ['kubectl --kubeconfig /x get pods', {}, '--kubeconfig /x get pods', {}],
    [
      'kubectl exec web -- helm --kubeconfig=/x ls',
      { KUBECONFIG: '/x' },
      'exec web -- helm --kubeconfig=/x ls',
      { KUBECONFIG: '/var/lib/tinylet/kubeconfig' },
    ],
  ])('%s', async (line, env, args, given) => {
    const { code, called } = await run(line, { env, exitCode: 7 });
    expect(code).toBe(7);
    expect(called.at(-1)).toEqual({ what: 'runOther', name: 'kubectl', args: args.split(' '), env: given });
  });

  test('its own help is that of help', async () => {
    const { out, called } = await run('help kubectl');
    expect(out).toContain('Usage: tinylet kubectl ARGS...');
    expect(called).toEqual([]);
  });
});

/** Lets time pass, and what is told because of it be read. */
async function passed(ms: number): Promise<void> {
  await objects.clock.settle();
  await objects.clock.advance(ms);
  for (let turn = 0; turn < 20; turn += 1) await objects.clock.settle();
}
