import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { Kubectl } from '../support/kubectl.ts';
import { freePort } from '../support/real-runtime.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle, shell, v1 } from './support/manifests.ts';
import { OldShell } from './support/old-shell.ts';
import { besideOthers, useContainerd } from './support/world.ts';

/** The command lines that stand in the READMEs of what tinylet comes from, in today's spelling, as their users typed them. */
const world = useContainerd('ancestors');

const ID = '[0-9a-f]{64}';

besideOthers('tinylet in Go: a file in the directory is a pod', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace, manifests } = daemon;
  await daemon.start();
  const user = await OldShell.beside(daemon, { DIR: manifests, CONTAINERD: world.socket });
  const ours = (): Promise<string> =>
    user.out(
      `ctr -a "$CONTAINERD" -n k8s.io containers ls -q 'labels.tinylet==true,labels."io.kubernetes.pod.namespace"==${namespace}' | wc -l`,
    );
  const pod = (note: string): string => flat({ name: 'hello', namespace, containers: [idle('a', note)] });
  await user.write('hello.yaml', pod('one'));
  await user.out('cp hello.yaml "$DIR"');
  await daemon.running('hello');
  const before = await world.live(namespace, 'hello');
  expect(before.containers.a?.labels).toMatchObject({ tinylet: 'true' });
  // Its sandbox and its container.
  expect((await ours()).trim()).toBe('2');

  await user.write('hello.yaml', pod('two'));
  await user.out('cp hello.yaml "$DIR"');
  await eventually(async () => {
    const { containers } = await world.live(namespace, 'hello');
    expect(containers.a?.id).toMatch(new RegExp(`^${ID}$`));
    expect(containers.a?.id).not.toBe(before.containers.a?.id);
  });

  await user.out('rm "$DIR/hello.yaml"');
  await eventually(async () => {
    expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });
    expect((await ours()).trim()).toBe('0');
  });
});

besideOthers('podlet: pods from stdin, from files, and by POST', async (context) => {
  const port = await freePort();
  const args = ['--interval', '500ms', '--insecure-http-addr', `127.0.0.1:${port}`];
  const daemon = await world.daemon(context, { args });
  const { namespace } = daemon;
  await daemon.start();
  const user = await OldShell.beside(daemon);
  const ids = async (pod: string): Promise<readonly string[]> => {
    const { containers } = await world.live(namespace, pod);
    return ['a', 'b'].flatMap((name) => containers[name]?.id ?? []);
  };
  const two = (name: string): string => v1({ name, namespace, containers: [idle('a'), idle('b')] });

  await user.write('pod.yaml', two('piped'));
  const bare = await user.out('cat pod.yaml | tinylet run');
  expect(bare).toMatch(new RegExp(`^${ID}\n${ID}\n$`));
  expect(bare.trim().split('\n')).toEqual(await ids('piped'));

  await user.write('a.yaml', two('from-a'));
  await user.write('b.yaml', flat({ name: 'from-b', namespace, containers: [idle('a')] }));
  const named = await user.out('tinylet run a.yaml b.yaml');
  expect(named.trim().split('\n')).toEqual([
    ...(await ids('from-a')).map((id) => `a.yaml: ${id}`),
    ...(await ids('from-b')).map((id) => `b.yaml: ${id}`),
  ]);

  await user.write('pod.yaml', two('posted'));
  const posted = JSON.parse(
    await user.out('curl -sf --unix-socket "$SOCK" -X POST --data-binary @pod.yaml http://localhost/pods'),
  );
  expect(posted).toMatchObject(
    (await ids('posted')).map((Id) => ({ Id, State: { Status: 'running', Running: true } })),
  );

  await user.write('pod.yaml', two('in-the-clear'));
  const clear = JSON.parse(
    await user.out(`curl -sf -X POST --data-binary @pod.yaml http://127.0.0.1:${port}/pods`),
  );
  expect(clear.map(({ Id }: { Id: string }) => Id)).toEqual(await ids('in-the-clear'));
});

besideOthers('run to completion: the answer of the article, byte for byte', async (context) => {
  const port = await freePort();
  const args = ['--interval', '500ms', '--insecure-http-addr', `127.0.0.1:${port}`];
  const daemon = await world.daemon(context, { args });
  await daemon.start();
  const user = await OldShell.beside(daemon);
  const body = `{"image":"${HTTP_IMAGE}","command":"echo","args":"hello world"}`;
  const answer = '{"exit_code":0,"output":"hello world\\n"}\n';
  expect(answer).toHaveLength(41);
  expect(await user.out(`curl -s -X POST -d '${body}' http://127.0.0.1:${port}/`)).toBe(answer);
  expect(await user.out(`curl -s --unix-socket "$SOCK" -X POST -d '${body}' http://localhost/`)).toBe(answer);
  expect(await user.out(`tinylet run --image ${HTTP_IMAGE} --rm -- echo hello world`)).toBe('hello world\n');
  await eventually(async () => {
    expect((await daemon.status()).pods).toEqual([]);
  });
});

besideOthers('the kubelet: healthz, pods and spec, in the clear and with the token', async (context) => {
  const port = await freePort();
  const args = [
    ...['--interval', '500ms', '--node-name', 'box', '--read-only-port', `${port}`],
    ...['--api-addr', '127.0.0.1:0'],
  ];
  const daemon = await world.daemon(context, { args });
  const { namespace } = daemon;
  await daemon.write('web.yaml', v1({ name: 'web', namespace, containers: [idle('a')] }));
  await daemon.start();
  await daemon.running('web');
  const user = await OldShell.beside(daemon);
  const secure = await eventually(() => user.secureUrl(daemon));
  const doors = [
    `curl -sf http://127.0.0.1:${port}`,
    `curl -sf --cacert ca.pem -H @token ${secure}`,
    'curl -sf --unix-socket "$SOCK" http://localhost',
  ];
  for (const door of doors) {
    expect(await user.out(`${door}/healthz`)).toBe('ok');
    const pods = JSON.parse(await user.out(`${door}/pods`));
    expect(pods).toMatchObject({
      ...{ kind: 'PodList', apiVersion: 'v1' },
      items: [{ metadata: { name: 'web', namespace }, status: { phase: 'Running' } }],
    });
    const spec = JSON.parse(await user.out(`${door}/spec/`));
    expect(spec.num_cores).toBeGreaterThan(0);
    expect(spec.memory_capacity).toBeGreaterThan(2 ** 20);
    expect(spec.machine_id).toBe((await user.out('cat /etc/machine-id 2>/dev/null || true')).trim());
  }
  const refused = await user.out(`curl -s -o /dev/null -w '%{http_code}' --cacert ca.pem ${secure}/pods`);
  expect(refused).toBe('401');
});

besideOthers(
  'the walk-through: kubectl makes a pod from a file, looks at it and takes it away',
  async (context) => {
    const args = ['--interval', '500ms', '--api-addr', '127.0.0.1:0', '--node-name', 'box'];
    const daemon = await world.daemon(context, { args });
    await daemon.start();
    const kubeconfig = join(daemon.rootDir, 'kubeconfig');
    const { program } = await Kubectl.of('unstable', { kubeconfig, home: join(daemon.base, 'home') });
    const user = await OldShell.beside(daemon, { PATH: dirname(program), HOME: join(daemon.base, 'home') });
    await eventually(() => user.secureUrl(daemon));
    const hello = {
      name: 'hello',
      namespace: 'default',
      containers: [shell('a', 'echo hello; sleep 100000')],
    };
    await user.write('pod.yaml', v1(hello));
    // With a kubeconfig of one's own, and without a thought of one: the two are the same program.
    const [kubectl, ours] = ['KUBECONFIG="$TINYLET_ROOT_DIR/kubeconfig" kubectl', 'tinylet kubectl'];
    expect(await user.out(`${kubectl} create -f pod.yaml`)).toBe('pod/hello created\n');
    await daemonRuns(user, 'hello');
    expect(await user.out(`${ours} get pods`)).toMatch(/^NAME .*\nhello +1\/1 +Running +0 +\d+s\n$/);
    await eventually(async () => expect(await user.out(`${kubectl} logs hello`)).toBe('hello\n'));
    expect(await user.out(`${ours} delete pod hello`)).toMatch(/^pod "hello" deleted/);
    expect(await user.out(`${kubectl} get pods 2>&1`)).toMatch(/^No resources found/);

    // And without kubectl.
    expect(await user.out('tinylet apply -f pod.yaml')).toBe('pod/hello created\n');
    await daemonRuns(user, 'hello');
    expect(await user.out('tinylet get pods')).toMatch(/^NAME .*\nhello +1\/1 +Running +0 +\d+s\n$/);
    await eventually(async () => expect(await user.out('tinylet logs hello')).toBe('hello\n'));
    expect(await user.out('tinylet __complete -- logs hel')).toBe('hello\n');
    expect(await user.out('tinylet delete pod hello')).toMatch(/^pod "hello" deleted/);
  },
);

function daemonRuns(user: OldShell, pod: string): Promise<void> {
  return eventually(async () => {
    expect(await user.out(`tinylet get pod ${pod}`)).toContain('Running');
  });
}
