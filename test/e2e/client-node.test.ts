import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import {
  ApisApi,
  Attach,
  CoreApi,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  Metrics,
  makeInformer,
  NodeV1Api,
  PatchStrategy,
  setHeaderOptions,
  topPods,
  type V1Pod,
  type V1Status,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { expect, type TestContext } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { onContainerd, TEST_TIMEOUT_MS, useContainerd } from './support/world.ts';

const world = useContainerd('client-node');
const namespace = 'default';
/** Of what once failed at some time for somebody: terminals, and the end of input. */
const REPEATS = process.env.TINYLET_FULL === '1' ? 100 : 5;

/** A client as its users make one: from the kubeconfig. */
async function client(
  context: TestContext,
): Promise<{ daemon: Daemon; config: KubeConfig; core: CoreV1Api }> {
  const args = ['--interval', '500ms', '--api-addr', '127.0.0.1:0', '--node-name', 'box'];
  const daemon = await world.daemon(context, { args });
  await daemon.start();
  const path = join(daemon.rootDir, 'kubeconfig');
  await eventually(() => readFile(path));
  const config = new KubeConfig();
  config.loadFromFile(path);
  return { daemon, config, core: config.makeApiClient(CoreV1Api) };
}

function pod(name: string, script: string, more: object = {}): V1Pod {
  const container = {
    name: 'app',
    image: HTTP_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '-c', script],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 2, containers: [{ ...container, ...more }] },
  };
}

onContainerd('@kubernetes/client-node: objects, their logs, patches, apply, watches', async (context) => {
  const { config, core } = await client(context);
  const seen: string[] = [];
  const informer = makeInformer(config, '/api/v1/namespaces/default/pods', () =>
    core.listNamespacedPod({ namespace }),
  );
  for (const event of ['add', 'delete'] as const)
    informer.on(event, ({ metadata }) => void seen.push(`${event} ${metadata?.name}`));
  await informer.start();
  const created = await core.createNamespacedPod({ namespace, body: pod('p', 'echo hello; sleep 100000') });
  expect(created.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
  await eventually(async () => {
    const { status } = await core.readNamespacedPod({ namespace, name: 'p' });
    expect(status?.phase).toBe('Running');
  });
  await eventually(async () =>
    expect(await core.readNamespacedPodLog({ namespace, name: 'p' })).toBe('hello\n'),
  );
  await expect(core.readNamespacedPod({ namespace, name: 'none' })).rejects.toMatchObject({ code: 404 });

  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const body = { metadata: { labels: { more: 'yes' } } };
  const merged = await core.patchNamespacedPod({ namespace, name: 'p', body }, merge);
  expect(merged.metadata?.labels).toEqual({ app: 'p', more: 'yes' });
  const ops = [{ op: 'remove', path: '/metadata/labels/more' }];
  const patched = await core.patchNamespacedPod({ namespace, name: 'p', body: ops });
  expect(patched.metadata?.labels).toEqual({ app: 'p' });
  const objects = KubernetesObjectApi.makeApiClient(config);
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace },
    data: { k: 'v' },
  };
  await objects.patch(settings, undefined, undefined, 'me', true, PatchStrategy.ServerSideApply);
  expect((await core.readNamespacedConfigMap({ namespace, name: 'settings' })).data).toEqual({ k: 'v' });
  const list = await core.listPodForAllNamespaces({ labelSelector: 'app=p' });
  expect(list.items.map(({ metadata }) => metadata?.name)).toEqual(['p']);

  const phases: string[] = [];
  const watching = await new Watch(config).watch(
    '/api/v1/namespaces/default/pods',
    {},
    (phase) => void phases.push(phase),
    () => undefined,
  );
  await eventually(() => expect(phases[0]).toBe('ADDED'));
  await core.deleteNamespacedPod({ namespace, name: 'p' });
  await eventually(() => expect(phases.at(-1)).toBe('DELETED'));
  expect(phases.filter((each) => each !== 'MODIFIED')).toEqual(['ADDED', 'DELETED']);
  await eventually(() => expect(seen).toEqual(['add p', 'delete p']));
  watching.abort();
  await informer.stop();
});

onContainerd('@kubernetes/client-node: what is served, and which version of Kubernetes', async (context) => {
  const { config, core } = await client(context);
  expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toMatch(/^v1\.\d+\.\d+\+tinylet-/);
  expect((await config.makeApiClient(CoreApi).getAPIVersions()).versions).toEqual(['v1']);
  const { groups } = await config.makeApiClient(ApisApi).getAPIVersions();
  expect(groups.map(({ name }) => name)).toContain('node.k8s.io');
  const { resources } = await core.getAPIResources();
  expect(resources.map(({ name }) => name)).toContain('pods/log');
  const classes = config.makeApiClient(NodeV1Api);
  expect((await classes.getAPIResources()).resources.map(({ name }) => name)).toContain('runtimeclasses');
});

onContainerd(
  '@kubernetes/client-node: streams over WebSockets, and what pods use',
  async (context) => {
    const { config, core } = await client(context);
    await core.createNamespacedPod({ namespace, body: pod('p', 'cat', { stdin: true }) });
    await eventually(async () => {
      const { status } = await core.readNamespacedPod({ namespace, name: 'p' });
      expect(status?.phase).toBe('Running');
    });
    const { stdout, stderr, status } = await run(
      config,
      ['/bin/sh', '-c', 'echo out; echo err >&2; exit 7'],
      { tty: false },
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    expect(status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
    const counted = await run(config, ['wc', '-c'], { tty: false, stdin: 'x'.repeat(100_000) });
    expect(counted.stdout.trim()).toBe('100000');
    for (const _ of Array.from({ length: REPEATS })) {
      expect((await run(config, ['echo', 'from a terminal'], { tty: true })).stdout).toBe(
        'from a terminal\r\n',
      );
      expect((await run(config, ['cat'], { tty: false, stdin: 'to the end' })).stdout).toBe('to the end');
    }

    const attached = new Text();
    const typed = new PassThrough();
    const socket = await new Attach(config).attach(namespace, 'p', 'app', attached, null, typed, false);
    typed.write('over the wire\n');
    await eventually(() => expect(attached.text).toBe('over the wire\n'));
    socket.close();

    const followed = new Text();
    const following = await new Log(config).log(namespace, 'p', 'app', followed, { follow: true });
    await eventually(() => expect(followed.text).toBe('over the wire\n'));
    following.abort();

    await eventually(async () => {
      const [usage] = await topPods(core, new Metrics(config), namespace);
      expect(usage?.Containers.map(({ Container }) => Container)).toEqual(['app']);
    });
  },
  TEST_TIMEOUT_MS + REPEATS * 3_000,
);

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: V1Status;
}

async function run(
  config: KubeConfig,
  command: string[],
  { tty, stdin }: { tty: boolean; stdin?: string },
): Promise<Ended> {
  const [stdout, stderr] = [new Text(), new Text()];
  const typed = stdin === undefined ? null : new PassThrough();
  typed?.end(stdin);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, 'p', 'app', command, stdout, tty ? null : stderr, typed, tty, resolve)
      .catch(reject);
  });
  return { stdout: stdout.text, stderr: stderr.text, status };
}

class Text extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
