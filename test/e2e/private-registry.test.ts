import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext } from 'vitest';
import { stringify } from 'yaml';
import { realRuntimeUnavailable } from '../support/real-runtime.ts';
import { dockerConfig, registryUsers, startRegistry, type TestRegistry } from '../support/registry.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, useContainerd } from './support/world.ts';

/** Images that are not for everyone, in a real registry on loopback that knows only alice. */

const world = useContainerd('registry');
const START_MS = 120_000;
let registry: TestRegistry;

if (realRuntimeUnavailable() === undefined) {
  beforeAll(async () => {
    registry = await startRegistry({ users: ['alice'] });
  }, START_MS);
  afterAll(() => registry?.stop());
}

/** The runtime keeps what was pulled, so each test has an image of its own. */
function privateImage(name: string): Promise<string> {
  return registry.push({ archive: join(world.runtime.rootDir, 'images/http.tar') }, `${name}:1`);
}

besideOthers("a pod's own secret, right, wrong and missing", async (context) => {
  const daemon = await world.daemon(context);
  const image = await privateImage('team/own');
  await daemon.write('p.yaml', pod(daemon, 'p', { image, secrets: ['cred'] }));
  await daemon.start();
  await cannotPull(daemon, 'p');
  await daemon.write('cred.yaml', credSecret(daemon, 'cred', dockerConfig({ [registry.host]: 'bob' })));
  await cannotPull(daemon, 'p');
  // Put right, it is tried at once and not after the back-off.
  await daemon.write('cred.yaml', credSecret(daemon, 'cred', dockerConfig({ [registry.host]: 'alice' })));
  await daemon.running('p');
  await tellsNoPassword(daemon);
});

besideOthers('the older kind of secret, and the second of several', async (context) => {
  const daemon = await world.daemon(context);
  const image = await privateImage('team/older');
  const { auths } = JSON.parse(dockerConfig({ [`http://${registry.host}`]: 'alice' }));
  const older = {
    ...object(daemon, 'Secret', 'older'),
    type: 'kubernetes.io/dockercfg',
    stringData: { '.dockercfg': JSON.stringify(auths) },
  };
  await daemon.write('older.yaml', stringify(older));
  await daemon.write('wrong.yaml', credSecret(daemon, 'wrong', dockerConfig({ [registry.host]: 'bob' })));
  const secrets = ['nowhere', 'wrong', 'older'];
  await daemon.write('p.yaml', pod(daemon, 'p', { image, secrets }));
  await daemon.start();
  await daemon.running('p');
});

besideOthers('credentials go to the registry they are for, and to no other', async (context) => {
  const daemon = await world.daemon(context);
  const stranger = await startStranger(context);
  const image = await privateImage('team/exact');
  const other = `${registry.host}/other`;
  const config = dockerConfig({ [registry.host.replace(/.$/, '')]: 'alice', [other]: 'alice' });
  await daemon.write('cred.yaml', credSecret(daemon, 'cred', config));
  const mine = credSecret(daemon, 'mine', dockerConfig({ [registry.host]: 'alice' }));
  await daemon.write('mine.yaml', mine);
  await daemon.write('p.yaml', pod(daemon, 'p', { image, secrets: ['cred'] }));
  const elsewhere = `${stranger.host}/team/exact:1`;
  await daemon.write('q.yaml', pod(daemon, 'q', { image: elsewhere, secrets: ['cred', 'mine'] }));
  await daemon.start();
  await cannotPull(daemon, 'p');
  await cannotPull(daemon, 'q');
  expect(stranger.asked()).toBeGreaterThan(0);
  expect(stranger.credentials()).toEqual([]);
  // A part of the registry is one of its own.
  const part = dockerConfig({ [`${registry.host}/team`]: 'alice' });
  await daemon.write('cred.yaml', credSecret(daemon, 'cred', part));
  await daemon.running('p');
});

besideOthers("the node's own credentials serve every pod, and are read anew", async (context) => {
  const files = await filesOf(context, { 'config.json': dockerConfig({ [registry.host]: 'bob' }) });
  const file = join(files, 'config.json');
  const daemon = await world.daemon(context, { args: ['--interval', '500ms', '--registry-auth', file] });
  const image = await privateImage('team/node');
  await daemon.write('p.yaml', pod(daemon, 'p', { image }));
  await daemon.start();
  await cannotPull(daemon, 'p');
  await writeFile(file, dockerConfig({ [registry.host]: 'alice' }));
  await daemon.write('q.yaml', pod(daemon, 'q', { image: await privateImage('team/node-too') }));
  await daemon.running('q');
  await tellsNoPassword(daemon);
});

besideOthers('a credential helper is asked for the registry', async (context) => {
  const answer = { ServerURL: '', Username: 'alice', Secret: registryUsers.alice.password };
  const files = await filesOf(context, {
    'config.json': JSON.stringify({ credHelpers: { [registry.host]: 'corpus' } }),
    'docker-credential-corpus': `#!/bin/sh\nread -r asked\n[ "$1 $asked" = "get ${registry.host}" ] && echo '${JSON.stringify(answer)}'\n`,
  });
  const daemon = await world.daemon(context, {
    args: ['--interval', '500ms', '--registry-auth', join(files, 'config.json')],
    env: { PATH: `${files}:${process.env.PATH}` },
  });
  await daemon.write('p.yaml', pod(daemon, 'p', { image: await privateImage('team/helped') }));
  await daemon.start();
  await daemon.running('p');
  await tellsNoPassword(daemon);
});

besideOthers('an image is looked for at every start where the pod says so', async (context) => {
  const daemon = await world.daemon(context);
  const image = await privateImage('team/always');
  await daemon.write('cred.yaml', credSecret(daemon, 'cred', dockerConfig({ [registry.host]: 'alice' })));
  const always = { image, secrets: ['cred'], imagePullPolicy: 'Always' };
  await daemon.write('p.yaml', pod(daemon, 'p', always));
  await daemon.start();
  await daemon.running('p');
  // It is here by now, and still it is not for those who may not pull it.
  await daemon.write('stranger.yaml', pod(daemon, 'stranger', { image, imagePullPolicy: 'Always' }));
  await cannotPull(daemon, 'stranger');
  await daemon.write('guest.yaml', pod(daemon, 'guest', { image, imagePullPolicy: 'IfNotPresent' }));
  await daemon.running('guest');
});

besideOthers('no more images are pulled at once than may be', async (context) => {
  const daemon = await world.daemon(context, { args: ['--interval', '500ms', '--max-parallel-pulls', '2'] });
  const slow = await startSlow(context);
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const name of names) {
    const image = `${slow.host}/team/${name}:1`;
    await daemon.write(`${name}.yaml`, pod(daemon, name, { image }));
  }
  await daemon.start();
  for (const name of names) await cannotPull(daemon, name);
  // They are pulled again and again, and never more of them at once.
  await eventually(() => expect(slow.mostAtOnce()).toBe(2));
});

interface Sketch {
  readonly image: string;
  readonly secrets?: readonly string[];
  readonly imagePullPolicy?: string;
}

function pod(daemon: Daemon, name: string, { image, secrets = [], ...container }: Sketch): string {
  return stringify({
    ...object(daemon, 'Pod', name),
    spec: {
      terminationGracePeriodSeconds: 1,
      imagePullSecrets: secrets.map((secret) => ({ name: secret })),
      containers: [{ name: 'main', image, ...container }],
    },
  });
}

function credSecret(daemon: Daemon, name: string, config: string): string {
  return stringify({
    ...object(daemon, 'Secret', name),
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': config },
  });
}

function object({ namespace }: Daemon, kind: string, name: string) {
  return { apiVersion: 'v1', kind, metadata: { name, namespace } };
}

function cannotPull(daemon: Daemon, name: string): Promise<void> {
  return eventually(async () => {
    const { waiting } = await daemon.pod(name);
    expect(waiting.map(({ reason }) => reason).join()).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
  });
}

async function tellsNoPassword(daemon: Daemon): Promise<void> {
  const { stdout } = await runTinylet(['status', '--output', 'json', '--api-socket', daemon.apiSocket]);
  for (const { password } of Object.values(registryUsers)) {
    expect(daemon.output + stdout).not.toContain(password);
  }
  for (const [user, { password }] of Object.entries(registryUsers)) {
    expect(daemon.output + stdout).not.toContain(btoa(`${user}:${password}`));
  }
}

/** A directory with these files, all of them executable. */
async function filesOf({ task }: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(world.runtime.rootDir, `files-${task.id}`);
  await mkdir(directory);
  for (const [name, text] of Object.entries(files))
    await writeFile(join(directory, name), text, { mode: 0o755 });
  return directory;
}

/** A registry that asks everyone who they are, believes nobody, and remembers what it was told. */
async function startStranger(context: TestContext) {
  const told: (string | undefined)[] = [];
  const host = await serve(context, (request, response) => {
    told.push(request.headers.authorization);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="stranger"' }).end();
  });
  return {
    host,
    asked: () => told.length,
    credentials: () => told.filter((header) => header !== undefined),
  };
}

/** A registry that thinks for long, has nothing, and remembers for how many images it was asked at one time. */
async function startSlow(context: TestContext) {
  let [now, most] = [0, 0];
  const host = await serve(context, (_, response) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      response.writeHead(404).end();
    }, 500);
  });
  return { host, mostAtOnce: () => most };
}

/** On a port of loopback, until the test is over; resolves to its host and port. */
async function serve({ onTestFinished }: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return `127.0.0.1:${address.port}`;
}
