import { expect } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from '../support/eventually.ts';
import { KubectlWorld, withKubectl } from '../support/kubectl-world.ts';
import { idle, v1 } from '../support/manifests.ts';
import { useContainerd } from '../support/world.ts';

const world = useContainerd('kubectl-server-side');

const settings = (data: Readonly<Record<string, string>>): string =>
  stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });

const DATA = ['get', 'cm', 'settings', '-o', 'jsonpath={.data}'];

withKubectl('server-side apply: made, given up, taken over, tried', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  await node.start();
  await node.out(`create namespace ${node.daemon.namespace}`);
  const apply = 'apply --server-side -f -';
  await node.golden('ssa', apply, { stdin: settings({ a: '1', b: '2' }) });
  await node.golden('ssa-same', apply, { stdin: settings({ a: '1', b: '2' }) });
  expect(await node.out(DATA)).toBe('{"a":"1","b":"2"}');
  await node.golden('ssa-dropped', apply, { stdin: settings({ a: '1' }) });
  expect(await node.out(DATA)).toBe('{"a":"1"}');
  await node.out(['patch', 'cm', 'settings', '--field-manager=other', '-p', '{"data":{"a":"theirs"}}']);
  await node.golden('ssa-conflict', apply, { stdin: settings({ a: '3' }) });
  expect(await node.out(DATA)).toBe('{"a":"theirs"}');
  await node.golden('ssa-forced-dry', `${apply} --force-conflicts --dry-run=server`, {
    stdin: settings({ a: '3' }),
  });
  expect(await node.out(DATA)).toBe('{"a":"theirs"}');
  await node.golden('ssa-forced', `${apply} --force-conflicts`, { stdin: settings({ a: '3' }) });
  expect(await node.out(DATA)).toBe('{"a":"3"}');
  await node.golden('ssa-owners', [
    'get',
    'cm',
    'settings',
    '--show-managed-fields',
    '-o',
    'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.fieldsV1}{"\\n"}{end}',
  ]);
});

withKubectl('a typo in what is to be made: refused, told, or passed over', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { namespace } = node.daemon;
  await node.start();
  await node.out(`create namespace ${namespace}`);
  const pod = (name: string): string =>
    v1({ name, namespace, containers: [idle('app')] }).replace('env:', 'envs:');
  await node.golden('create-typo-strict', 'create -f - --validate=strict', { stdin: pod('strict') });
  await node.golden('create-typo-warn', 'create -f - --validate=warn', { stdin: pod('warned') });
  await node.golden('create-typo-ignore', 'create -f - --validate=ignore', { stdin: pod('ignored') });
  expect(await node.out('get pods -o name')).toBe('pod/ignored\npod/warned\n');
});

withKubectl('another image; a namespace goes with all that is in it', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  await node.start();
  await node.out(`create namespace ${namespace}`);
  await node.out('create configmap settings --from-literal=k=v');
  await node.out('apply -f -', { stdin: v1({ name: 'p', namespace, containers: [idle('a'), idle('b')] }) });
  await node.out('wait --for=condition=Ready pod/p --timeout=60s');
  await node.golden('set-image', 'set image pod/p a=tinylet.local/none:1');
  await node.golden('set-image-unknown', 'set image pod/p nobody=tinylet.local/none:1');
  await node.golden('set-image-now', ['get', 'pod', 'p', '-o', 'jsonpath={.spec.containers[*].image}']);
  await node.golden('delete-ns', `delete namespace ${namespace}`);
  await eventually(async () => expect((await world.objects(namespace, 'p')).sandboxes).toEqual([]));
  await node.golden('get-ns-gone', `get namespace ${namespace}`);
  await node.golden('get-in-ns-gone', 'get pods,cm');
  await node.golden('delete-ns-default', 'delete namespace default');
});
