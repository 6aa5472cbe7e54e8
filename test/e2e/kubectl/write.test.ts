import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { KubectlWorld, withKubectl } from '../support/kubectl-world.ts';
import { flat, HTTP_IMAGE, idle, v1 } from '../support/manifests.ts';
import { idsOf, useContainerd } from '../support/world.ts';

const world = useContainerd('kubectl-write');
const IMAGE = `--image=${HTTP_IMAGE}`;

withKubectl('objects through the API: made, changed, survived, deleted', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  await node.start();
  const pod = v1({ name: 'p', namespace, labels: { app: 'p' }, containers: [idle('a'), idle('b')] });

  await node.golden('create-ns', `create namespace ${namespace}`);
  await node.golden('create-ns-again', `create namespace ${namespace}`);
  await node.golden('create-cm', 'create configmap settings --from-literal=k=v');
  await node.golden('create-secret', 'create secret generic keys --from-literal=k=v');
  await node.golden('apply-dry', 'apply -f - --dry-run=server', { stdin: pod });
  await node.golden('apply', 'apply -f -', { stdin: pod });
  await node.out('wait --for=condition=Ready pod/p --timeout=60s');
  await node.golden('apply-same', 'apply -f -', { stdin: pod });
  const before = idsOf(await world.live(namespace, 'p'));
  await node.golden('diff', 'diff -f -', {
    stdin: pod.replace(/NOTE\n(\s+)value: ""/, 'NOTE\n$1value: other'),
    env: { KUBECTL_EXTERNAL_DIFF: 'diff -I generation: -u --label live --label merged' },
  });
  const edited = pod.replace(/value: ""/, 'value: other');
  await node.golden('apply-edited', 'apply -f -', { stdin: edited });
  await eventually(async () => {
    const after = idsOf(await world.live(namespace, 'p'));
    expect(after).toMatchObject({ sandbox: before.sandbox, a: expect.any(String), b: before.b });
    expect(after.a).not.toBe(before.a);
  });

  await node.golden('label', 'label pod p tier=back');
  await node.golden('annotate', 'annotate pod p note=hello');
  await node.golden('patch-merge', [
    'patch',
    'pod',
    'p',
    '--type=merge',
    '-p',
    '{"metadata":{"labels":{"x":"1"}}}',
  ]);
  await node.golden('patch-json', [
    'patch',
    'pod',
    'p',
    '--type=json',
    '-p',
    '[{"op":"remove","path":"/metadata/labels/x"}]',
  ]);
  await node.golden('patch-strategic', [
    'patch',
    'pod',
    'p',
    '-p',
    '{"spec":{"containers":[{"name":"b","env":[{"name":"MORE","value":"1"}]}]}}',
  ]);
  await node.golden('edit', 'edit pod p', { env: { KUBE_EDITOR: 'sed -i s/tier:.back/tier:\\ front/' } });
  await node.golden('labels-now', [
    'get',
    'pod',
    'p',
    '-o',
    'jsonpath={.metadata.labels}{" "}{.spec.containers[1].env}',
  ]);
  const patched = await eventually(async () => {
    const ids = idsOf(await world.live(namespace, 'p'));
    expect(ids).toMatchObject({ a: expect.any(String), b: expect.any(String) });
    expect(ids.b).not.toBe(before.b);
    return ids;
  });
  await node.golden('apply-server-conflict', 'apply --server-side -f -', {
    stdin: v1({
      name: 'p',
      namespace,
      labels: { app: 'p', tier: 'mine' },
      containers: [idle('a'), idle('b')],
    }),
  });
  await node.golden('create-exists', 'create -f -', { stdin: pod });
  await node.golden('replace', 'replace -f -', { stdin: pod });
  await node.golden('typo-strict', 'apply -f -', { stdin: pod.replace('containers:', 'contaners:') });
  await node.golden('invalid', 'apply -f -', {
    stdin: pod.replace(/image: .*/, 'image: ""').replace('name: p', 'name: q'),
  });
  await node.golden('other-ns', 'create -f -', {
    stdin: pod.replace(`namespace: ${namespace}`, 'namespace: nowhere'),
  });

  const objects = join(daemon.rootDir, 'objects');
  for (const file of await readdir(objects))
    expect((await stat(join(objects, file))).mode & 0o777, file).toBe(0o600);
  const live = await eventually(async () => {
    await daemon.passes();
    const ids = idsOf(await world.live(namespace, 'p'));
    expect(Object.keys(ids).sort()).toEqual(['a', 'b', 'sandbox']);
    // What was replaced just now differs in both.
    expect([ids.a === patched.a, ids.b === patched.b]).toEqual([false, false]);
    return ids;
  });
  await daemon.restart('SIGKILL');
  await eventually(async () =>
    expect(await node.out('get pod,cm,secret -o name')).toBe('pod/p\nconfigmap/settings\nsecret/keys\n'),
  );
  await daemon.passes();
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(live);

  await node.golden('delete-cm', 'delete cm settings');
  await node.golden('delete-pod', 'delete pod p');
  await node.golden('delete-missing', 'delete pod p');
  expect((await world.objects(namespace, 'p')).sandboxes).toEqual([]);
  expect((await readdir(objects)).filter((file) => file.startsWith('pod.'))).toEqual([]);
});

withKubectl('what stands in a watched directory is changed there', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  await daemon.write('f.yaml', flat({ name: 'f', namespace: daemon.namespace, containers: [idle('app')] }));
  await node.start();
  await daemon.running('f');
  await node.golden('file-delete', 'delete pod f --wait=false');
  await node.golden('file-label', 'label pod f a=b');
  await node.golden('file-apply', 'apply -f -', {
    stdin: v1({ name: 'f', namespace: daemon.namespace, containers: [idle('other')] }),
  });
  expect((await daemon.pod('f')).containers.map(({ name }) => name)).toEqual(['app']);
});

withKubectl(
  'kubectl run, to its end and interactively, and what is left is taken away',
  async (context, suite) => {
    const node = await KubectlWorld.of(world, context, suite);
    const { namespace } = node.daemon;
    await node.start();
    await node.out(`create namespace ${namespace}`);
    await node.golden('run', [
      'run',
      'once',
      IMAGE,
      '--image-pull-policy=IfNotPresent',
      '--restart=Never',
      '--command',
      '--',
      '/bin/sh',
      '-c',
      'echo hello; exit 0',
    ]);
    await node.out(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/once', '--timeout=60s']);
    expect(await node.out('logs once')).toBe('hello\n');
    const inside = [
      '--image-pull-policy=IfNotPresent',
      '--restart=Never',
      '--rm',
      '-i',
      '--quiet',
      '--command',
      '--',
      '/bin/sh',
      '-c',
      'read word; echo got $word; exit 3',
    ];
    const { code, stdout } = await node.run(['run', 'inter', IMAGE, ...inside], { stdin: 'bread\n' });
    expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining('got bread') });
    await eventually(async () => expect(await node.out('get pods -o name')).toBe('pod/once\n'));
    await node.golden('delete-all', 'delete pods --all');
  },
);

withKubectl('a pod that is deaf goes at once when it is told to', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  await node.start();
  await node.out(`create namespace ${namespace}`);
  const deaf = v1({
    name: 'deaf',
    namespace,
    terminationGracePeriodSeconds: 600,
    containers: [{ name: 'app', command: ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] }],
  });
  await node.out('apply -f -', { stdin: deaf });
  await node.out('wait --for=condition=Ready pod/deaf --timeout=60s');
  await node.out('delete pod deaf --wait=false');
  expect(await node.out('get pods --no-headers')).toMatch(/^deaf +1\/1 +Terminating/);
  expect(
    await node.out(['get', 'pod', 'deaf', '-o', 'jsonpath={.metadata.deletionGracePeriodSeconds}']),
  ).toBe('600');
  expect((await node.run('delete pod deaf --force --grace-period=0')).code).toBe(0);
  await eventually(async () => expect((await world.objects(namespace, 'deaf')).sandboxes).toEqual([]));
  expect(
    await readFile(join(daemon.rootDir, 'objects', `pod.${namespace}.deaf.json`), 'utf8').catch(() => 'gone'),
  ).toBe('gone');
});
