import { expect } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from '../support/eventually.ts';
import { KubectlWorld, withKubectl } from '../support/kubectl-world.ts';
import { flat, HTTP_IMAGE, idle, shell, web } from '../support/manifests.ts';
import { useContainerd } from '../support/world.ts';

const world = useContainerd('kubectl-look');

/** A pod of every kind that a table tells apart, and what lies beside them, all from a watched directory. */
async function settled(node: KubectlWorld): Promise<void> {
  const { daemon } = node;
  const { namespace } = daemon;
  await daemon.write(
    'web.yaml',
    flat({
      name: 'web',
      namespace,
      labels: { app: 'web', tier: 'front' },
      containers: [web('hello'), idle('side')],
    }),
  );
  await daemon.write(
    'done.yaml',
    flat({
      name: 'done',
      namespace,
      labels: { app: 'job' },
      restartPolicy: 'Never',
      containers: [shell('job', 'echo did it')],
    }),
  );
  await daemon.write(
    'stuck.yaml',
    flat({
      name: 'stuck',
      namespace,
      containers: [{ ...idle('app'), image: 'tinylet.local/none:1', imagePullPolicy: 'Never' }],
    }),
  );
  await daemon.write('beside.yaml', beside(namespace));
  await node.start();
  await daemon.running('web');
  await daemon.waiting('stuck', 'ErrImageNeverPull');
  await eventually(async () => expect((await daemon.pod('done')).phase).toBe('Succeeded'));
  // Its sandbox is stopped after its containers, and what is described tells that, too.
  await node.out('wait --for=condition=PodReadyToStartContainers=false pod/done --timeout=60s');
}

function beside(namespace: string): string {
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      // One key in each: kubectl describes a map in any order.
      data: { a: '1' },
      binaryData: { b: 'Mg==' },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace }, stringData: { k: 'v' } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'disk', namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'plain' }, handler: 'runc' },
  ];
  return objects.map((object) => stringify(object)).join('---\n');
}

const LINES: Readonly<Record<string, string>> = {
  'get-pods': 'get pods',
  'get-po-wide': 'get po -o wide',
  'get-pods-all': 'get pods -A --field-selector metadata.namespace!=kube-system',
  'get-pods-label': 'get pods -l app=web --show-labels',
  'get-pods-set': 'get pods -l app_in_(web,job),!tier',
  'get-pods-columns': 'get pods -L app',
  'get-pods-phase': 'get pods --field-selector status.phase=Succeeded',
  'get-pods-sorted': 'get pods --sort-by=.metadata.name --no-headers',
  'get-pod-name': 'get pods -o name',
  'get-pod-jsonpath': 'get pod web -o jsonpath={.status.phase}/{.spec.containers[*].name}',
  'get-pod-yaml': 'get pod web -o yaml',
  'get-pod-missing': 'get pod nobody',
  'get-all': 'get all',
  'get-nodes': 'get nodes',
  'get-ns': 'get ns default kube-system',
  'get-cm': 'get cm',
  'get-secrets': 'get secrets',
  'get-secret-yaml': 'get secret keys -o yaml',
  'get-pvc': 'get pvc',
  'get-runtimeclasses': 'get runtimeclasses',
  'get-unknown-type': 'get deployments',
  'get-bad-selector': 'get pods -l app=web,=',
  'get-bad-field': 'get pods --field-selector spec.none=1',
  'describe-pod': 'describe pod done',
  'describe-cm': 'describe cm settings',
  'describe-secret': 'describe secret keys',
  'describe-pvc': 'describe pvc disk',
  'describe-ns': 'describe ns default',
  'events-for': 'events --for pod/done --no-headers',
  'get-events': 'get events --field-selector involvedObject.name=done',
  'api-resources': 'api-resources',
  'api-versions': 'api-versions',
  'explain-pod': 'explain pod.spec.containers',
  'explain-recursive': 'explain configmap --recursive',
  'cluster-info': 'cluster-info',
  whoami: 'auth whoami',
  'can-i': 'auth can-i create pods',
  'can-i-list': 'auth can-i --list',
};

withKubectl('what kubectl shows of a node, word by word', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  await settled(node);
  for (const [name, line] of Object.entries(LINES))
    await node.golden(
      name,
      line.split(' ').map((word) => word.replaceAll('_', ' ')),
    );
});

withKubectl('what kubectl describes that differs from machine to machine', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  await settled(node);
  const described = await node.out('describe node box');
  for (const word of [
    'kubernetes.io/hostname=box',
    'Ready',
    'Container Runtime Version:',
    'Non-terminated Pods:',
    'web',
  ])
    expect(described).toContain(word);
  expect(described).toMatch(
    /Lease:\n +HolderIdentity: +box\n +AcquireTime: +<unset>\n +RenewTime: +\w{3}, \d\d /,
  );
  const chunks = ['get', 'pods', '-o', 'name', '-v=8'];
  const inParts = await node.run([...chunks, '--chunk-size=1']);
  expect(inParts.stdout).toBe((await node.run(chunks)).stdout);
  expect(inParts.stderr).toContain('&limit=1');
  expect(await node.out('version')).toMatch(/Server Version: v1\.\d+\.\d+/);
  const wide = await node.out('get nodes -o wide');
  expect(wide).toContain('containerd://');
  expect(await node.out(['get', 'pod', 'web', '-o', 'jsonpath={.spec.containers[0].image}'])).toBe(
    HTTP_IMAGE,
  );
  // Of one second they come in any order, and that of a failure is told again and again.
  for (const line of ['events --no-headers', 'get events --no-headers']) {
    const told = (await node.out(line)).trimEnd().split('\n');
    const seen = told.map((each) =>
      each
        .match(/(Normal|Warning) +(\w+) +([pP]od\/\w+)/)
        ?.slice(1)
        .join(' '),
    );
    expect(seen, line).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Normal Started pod\/web$/i),
        expect.stringMatching(/^Normal Started pod\/done$/i),
        expect.stringMatching(/^Warning ErrImageNeverPull pod\/stuck$/i),
      ]),
    );
  }
});

withKubectl('a watch tells every change, and a wait ends', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  await daemon.write('early.yaml', flat({ name: 'early', namespace, containers: [idle('app')] }));
  await node.start();
  await daemon.running('early');
  let ofAll = '';
  const watched = node.run('get pods -w --no-headers', {
    until(all) {
      ofAll = all;
      return /^late .*Terminating/m.test(all);
    },
  });
  await eventually(() => expect(ofAll).toContain('early'));
  const waited = node.run('wait --for=create pod/late --timeout=60s');
  await daemon.write('late.yaml', lingering(namespace));
  expect((await waited).stdout).toBe('pod/late condition met\n');
  expect(await node.out('wait --for=condition=Ready pod/late --timeout=60s')).toBe(
    'pod/late condition met\n',
  );
  expect(
    await node.out(['wait', '--for=jsonpath={.status.phase}=Running', 'pod/late', '--timeout=60s']),
  ).toBe('pod/late condition met\n');
  let ofOne = '';
  const one = node.run('get pod late -w --no-headers', {
    until(seen) {
      ofOne = seen;
      return seen.includes('Terminating');
    },
  });
  await eventually(async () => expect(ofOne).toContain('Running'));
  const gone = node.out('wait --for=delete pod/late --timeout=60s');
  await daemon.remove('late.yaml');
  expect(await gone).toBe('pod/late condition met\n');
  expect(statuses(await watched)).toEqual(['ContainerCreating', 'Running', 'Terminating']);
  expect(statuses(await one)).toEqual(['Running', 'Terminating']);
});

/** Who asks whether it is gone comes in time. */
function lingering(namespace: string): string {
  const script = 'trap "sleep 20; exit 0" TERM; while :; do sleep 0.1; done';
  return flat({
    name: 'late',
    namespace,
    terminationGracePeriodSeconds: 60,
    containers: [shell('app', script)],
  });
}

function statuses({ stdout }: { readonly stdout: string }): readonly string[] {
  const ofLate = stdout.split('\n').filter((line) => line.startsWith('late '));
  const words = ofLate.flatMap((line) => line.split(/ +/)[2] ?? []);
  return words.filter((word, index) => word !== words[index - 1]);
}
