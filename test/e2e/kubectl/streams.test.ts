import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort } from '../../support/real-runtime.ts';
import { eventually, httpText } from '../support/eventually.ts';
import { KubectlWorld, withKubectl } from '../support/kubectl-world.ts';
import { flat, idle, shell, web } from '../support/manifests.ts';
import { useContainerd } from '../support/world.ts';

const world = useContainerd('kubectl-streams');

/** Byte-equal both ways. */
const BIG = 20 * 1024 * 1024;

withKubectl('logs, whole and in part', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  const talk = 'for i in 1 2 3 4 5; do echo line $i; done; sleep 1; echo oops >&2; sleep 100000';
  await daemon.write(
    'talk.yaml',
    flat({
      name: 'talk',
      namespace,
      labels: { app: 'talk' },
      containers: [shell('app', talk), shell('side', 'echo from side; sleep 100000')],
    }),
  );
  await daemon.write(
    'again.yaml',
    flat({
      name: 'again',
      namespace,
      containers: [shell('app', 'echo life; sleep 1; exit 1')],
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
  await node.start();
  await daemon.running('talk');
  await daemon.waiting('stuck', 'ErrImageNeverPull');
  await eventually(async () => expect(await node.out('logs talk -c app')).toContain('oops'));
  await eventually(async () => expect(await node.out('logs talk -c side')).toContain('from side'));
  const lines: Readonly<Record<string, string>> = {
    'logs-default': 'logs talk',
    'logs-container': 'logs talk -c side',
    'logs-tail': 'logs talk -c app --tail=2',
    'logs-limit': 'logs talk -c app --limit-bytes=8',
    'logs-since': 'logs talk -c app --since=1h --tail=1',
    'logs-timestamps': 'logs talk -c app --tail=1 --timestamps',
    'logs-selector': 'logs -l app=talk -c side --tail=1',
    'logs-none-such': 'logs talk -c nobody',
    'logs-waiting': 'logs stuck',
    'logs-no-pod': 'logs nobody',
    'logs-no-previous': 'logs talk -c app --previous',
  };
  for (const [name, line] of Object.entries(lines)) await node.golden(name, line);
  // kubectl asks for all of them at one time.
  const all = (await node.out('logs talk --all-containers --prefix')).trimEnd().split('\n');
  const lined = [1, 2, 3, 4, 5].map((number) => `[pod/talk/app] line ${number}`);
  expect(all.sort()).toEqual([...lined, '[pod/talk/app] oops', '[pod/talk/side] from side']);
  await eventually(async () =>
    expect((await daemon.pod('again')).containers[0]?.restartCount).toBeGreaterThan(0),
  );
  // It may just be about to have another one.
  await eventually(async () => expect(await node.out('logs again --previous')).toMatch(/^life\n$/));
  const followed = await node.run('logs -f talk -c side', { until: (seen) => seen.endsWith('\n') });
  expect(followed.stdout).toBe('from side\n');
});

withKubectl('exec, attach, cp and port-forward', async (context, suite) => {
  const node = await KubectlWorld.of(world, context, suite);
  const { daemon } = node;
  const { namespace } = daemon;
  await daemon.write('web.yaml', flat({ name: 'web', namespace, containers: [web('hello'), idle('side')] }));
  await daemon.write(
    'cat.yaml',
    flat({
      name: 'cat',
      namespace,
      containers: [{ ...shell('app', 'cat; sleep 100000'), stdin: true, stdinOnce: true }],
    }),
  );
  await node.start();
  await daemon.running('web');
  await daemon.running('cat');
  await node.golden('exec', [
    'exec',
    'web',
    '-c',
    'side',
    '--',
    '/bin/sh',
    '-c',
    'echo out; echo err >&2; exit 7',
  ]);
  await node.golden('exec-default', ['exec', 'web', '--', 'echo', 'hi']);
  await node.golden('exec-missing', ['exec', 'web', '-c', 'side', '--', '/no/such']);
  await node.golden('exec-no-container', ['exec', 'web', '-c', 'nobody', '--', 'true']);
  expect(await node.out(['exec', '-i', 'web', '-c', 'side', '--', 'wc', '-c'], { stdin: 'four' })).toMatch(
    /^ *4\n$/,
  );

  const bytes = randomBytes(BIG);
  const sum = createHash('sha256').update(bytes).digest('hex');
  expect(await node.out(['exec', '-i', 'web', '-c', 'side', '--', 'sha256sum'], { stdin: bytes })).toContain(
    sum,
  );
  const files = join(daemon.base, 'files');
  await mkdir(files);
  await writeFile(join(files, 'big'), bytes);
  await node.out(['cp', join(files, 'big'), `${namespace}/web:/tmp/big`, '-c', 'side']);
  await node.out(['cp', `${namespace}/web:/tmp/big`, join(files, 'back'), '-c', 'side']);
  expect(
    createHash('sha256')
      .update(await readFile(join(files, 'back')))
      .digest('hex'),
  ).toBe(sum);

  await mkdir(join(files, 'tree/below'), { recursive: true });
  await writeFile(join(files, 'tree/top'), 'at the top\n', { mode: 0o755 });
  await writeFile(join(files, 'tree/below/leaf'), 'below\n');
  await node.out(['cp', join(files, 'tree'), `${namespace}/web:/tmp/tree`, '-c', 'side']);
  await node.out(['exec', 'web', '-c', 'side', '--', 'test', '-x', '/tmp/tree/top']);
  await node.out(['cp', `${namespace}/web:/tmp/tree`, join(files, 'tree-back'), '-c', 'side']);
  expect((await readdir(join(files, 'tree-back'), { recursive: true })).sort()).toEqual([
    'below',
    'below/leaf',
    'top',
  ]);
  expect(await readFile(join(files, 'tree-back/below/leaf'), 'utf8')).toBe('below\n');

  const attached = await node.run('attach cat -i --quiet', {
    stdin: 'over the wire\n',
    until: (seen) => seen.endsWith('\n'),
  });
  expect(attached.stdout).toBe('over the wire\n');
  // The runtime gives it to its log and to who is attached one after the other.
  await eventually(async () => expect(await node.out('logs cat')).toBe('over the wire\n'));

  const done = new AbortController();
  const port = await freePort();
  const forwarded = node.run(`port-forward pod/web ${port}:8080 --address 127.0.0.1`, {
    signal: done.signal,
  });
  for (const _ of [1, 2, 3])
    await eventually(async () =>
      expect(await httpText(`http://127.0.0.1:${port}/`)).toContain('hello from pod web'),
    );
  await Promise.all(
    [1, 2, 3, 4, 5].map(async () => expect(await httpText(`http://127.0.0.1:${port}/`)).toContain('hello')),
  );
  done.abort();
  expect((await forwarded).stdout).toContain(`Forwarding from 127.0.0.1:${port} -> 8080`);
});
