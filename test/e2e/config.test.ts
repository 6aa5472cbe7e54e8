import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { PodReport } from '../../src/status/index.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

/** ConfigMaps and Secrets while pods run: how they appear, change and go. */

const world = useContainerd('config');

/** Only the watching of files can tell of a change. */
const EVENTS_ALONE = ['--interval', '1h'];

besideOthers(
  'a pod that names a missing object waits, and starts by itself when it appears',
  async (context) => {
    const daemon = await world.daemon(context, { args: EVENTS_ALONE });
    await daemon.write('a.yaml', reader(daemon, { name: 'by-env', envFrom: [configMapRef('later')] }));
    await daemon.write('b.yaml', reader(daemon, { name: 'by-volume', volumes: [secretVolume('later')] }));
    await daemon.start();
    const waits = { reason: 'CreateContainerConfigError', container: 'main' };
    expect((await daemon.waiting('by-env', waits.reason)).waiting).toMatchObject([
      { ...waits, message: 'configmap "later" not found' },
    ]);
    expect((await daemon.waiting('by-volume', waits.reason)).waiting).toMatchObject([
      { ...waits, message: expect.stringContaining('secret "later" not found') },
    ]);
    await daemon.write('later.yaml', configMap(daemon, 'later', { A: 'one' }));
    await says(daemon, 'by-env', 'A=one');
    expect((await daemon.pod('by-volume')).phase).toBe('Pending');
    await daemon.write('later-secret.yaml', secret(daemon, 'later', { a: 'one' }));
    await says(daemon, 'by-volume', 'a: one');
  },
);

besideOthers('a change reaches mounted files whole, and restarts nothing', async (context) => {
  const daemon = await world.daemon(context, { args: EVENTS_ALONE });
  const { namespace } = daemon;
  await daemon.write('config.yaml', configMap(daemon, 'config', { a: 'one', b: 'one' }));
  await daemon.write('keys.yaml', secret(daemon, 'keys', { key: 'one' }));
  const volumes = [configMapVolume('config'), secretVolume('keys'), projectedVolume('config', 'keys')];
  await daemon.write('p.yaml', reader(daemon, { name: 'p', volumes }));
  await daemon.start();
  await says(daemon, 'p', 'a: one b: one');
  const before = idsOf(await world.live(namespace, 'p'));
  for (const value of ['two', 'three']) {
    await daemon.write('config.yaml', configMap(daemon, 'config', { a: value, b: value }));
    await says(daemon, 'p', `a: ${value} b: ${value}`);
    await says(daemon, 'p', `a: ${value} b: ${value} key: one`);
  }
  await daemon.write('keys.yaml', secret(daemon, 'keys', { key: 'two' }));
  await says(daemon, 'p', 'key: two');
  // A key that is gone is a file that is gone, and a new one is there.
  await daemon.write('config.yaml', configMap(daemon, 'config', { b: 'four', c: 'four' }));
  await says(daemon, 'p', 'b: four c: four');
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
  const told = (await logOf(daemon, 'p')).filter((line) => /^a: \w+ b: \w+$/.test(line));
  expect(told, 'never one file of two versions').toEqual(
    ['one', 'two', 'three'].map((value) => `a: ${value} b: ${value}`),
  );
});

besideOthers('who took a value at its start is restarted only where the pod says so', async (context) => {
  const daemon = await world.daemon(context, { args: EVENTS_ALONE });
  const { namespace } = daemon;
  const users = { env: { envFrom: [configMapRef('config')] }, part: { volumes: [partOf('config', 'A')] } };
  const restart = { 'tinylet.dev/restart-on-config-change': 'true' };
  await daemon.write('config.yaml', configMap(daemon, 'config', { A: 'one' }));
  for (const [name, use] of Object.entries(users)) {
    await daemon.write(`${name}-stays.yaml`, reader(daemon, { name: `${name}-stays`, ...use }));
    await daemon.write(
      `${name}-restarts.yaml`,
      reader(daemon, { name: `${name}-restarts`, annotations: restart, ...use }),
    );
  }
  const unrelated = { name: 'unrelated', annotations: restart, volumes: [configMapVolume('config')] };
  await daemon.write('unrelated.yaml', reader(daemon, unrelated));
  await daemon.start();
  await says(daemon, 'env-stays', 'A=one');
  await says(daemon, 'env-restarts', 'A=one');
  await says(daemon, 'part-stays', 'A: one');
  await says(daemon, 'part-restarts', 'A: one');
  await says(daemon, 'unrelated', 'A: one');
  const stay = ['env-stays', 'part-stays', 'unrelated'];
  const ids = () => Promise.all(stay.map(async (name) => idsOf(await world.live(namespace, name))));
  const before = await ids();

  await daemon.write('config.yaml', configMap(daemon, 'config', { A: 'two' }));
  await says(daemon, 'env-restarts', 'A=two');
  await says(daemon, 'part-restarts', 'A: two');
  await says(daemon, 'unrelated', 'A: two');
  expect(await ids()).toEqual(before);
  expect((await world.live(namespace, 'env-restarts')).containers.main?.attempt).toBe(1);

  // What it runs with is remembered beyond the daemon's life, and what is equal is no change.
  await daemon.end('SIGKILL');
  await daemon.write('config.yaml', configMap(daemon, 'config', { A: 'two' }));
  await daemon.start();
  await daemon.running('env-restarts');
  expect((await world.live(namespace, 'env-restarts')).containers.main?.attempt).toBe(1);
  expect(await ids()).toEqual(before);
  await daemon.end('SIGKILL');
  await daemon.write('config.yaml', configMap(daemon, 'config', { A: 'three' }));
  await daemon.start();
  await says(daemon, 'env-restarts', 'A=three');
  expect(await ids()).toEqual(before);
});

besideOthers('an immutable object keeps what it says until it is deleted', async (context) => {
  const daemon = await world.daemon(context, { args: EVENTS_ALONE });
  const immutable = (value: string) => configMap(daemon, 'config', { A: value }, { immutable: true });
  await daemon.write('config.yaml', immutable('one'));
  await daemon.write('p.yaml', reader(daemon, { name: 'p', volumes: [configMapVolume('config')] }));
  await daemon.start();
  await says(daemon, 'p', 'A: one');
  await daemon.write('config.yaml', immutable('two'));
  await eventually(async () => {
    const { refused } = await daemon.status();
    expect(refused).toMatchObject([
      { file: daemon.file('config.yaml'), errors: [{ path: 'data', message: /field is immutable/ }] },
    ]);
  });
  await daemon.write('later.yaml', reader(daemon, { name: 'later', envFrom: [configMapRef('config')] }));
  await says(daemon, 'later', 'A=one');
  await daemon.remove('config.yaml');
  await eventually(async () => expect((await daemon.status()).refused).toEqual([]));
  await daemon.write('config.yaml', immutable('two'));
  await says(daemon, 'p', 'A: two');
});

besideOthers('an object that is broken or gone takes nothing from those that run', async (context) => {
  const daemon = await world.daemon(context, { args: EVENTS_ALONE });
  const { namespace } = daemon;
  await daemon.write('config.yaml', configMap(daemon, 'config', { A: 'one' }));
  const use = { envFrom: [configMapRef('config')], volumes: [configMapVolume('config')] };
  await daemon.write('p.yaml', reader(daemon, { name: 'p', ...use }));
  await daemon.start();
  await says(daemon, 'p', 'A: one');
  const before = idsOf(await world.live(namespace, 'p'));
  await daemon.write('config.yaml', 'kind: ConfigMap\ndata: [\n');
  await eventually(async () => expect((await daemon.status()).refused).toHaveLength(1));
  await daemon.restart('SIGKILL');
  // The last good version is known to a new daemon, too, and is what a new pod gets.
  await daemon.write('late.yaml', reader(daemon, { name: 'late', ...use }));
  await says(daemon, 'late', 'A=one');
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
  await daemon.remove('config.yaml');
  await eventually(async () => expect((await daemon.status()).refused).toEqual([]));
  await daemon.write('never.yaml', reader(daemon, { name: 'never', ...use }));
  await daemon.waiting('never', 'CreateContainerConfigError');
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
  expect(await daemon.running('late')).toMatchObject({ phase: 'Running' });
});

besideOthers('what a Secret holds is told by nobody', async (context) => {
  const daemon = await world.daemon(context, { args: ['--interval', '500ms', '--log-level', 'debug'] });
  const value = 'correct-horse-battery-staple';
  const use = { envFrom: [{ secretRef: { name: 'keys' } }], volumes: [secretVolume('keys')] };
  await daemon.write('keys.yaml', secret(daemon, 'keys', { PASSWORD: value }));
  await daemon.write('p.yaml', reader(daemon, { name: 'p', discreet: true, ...use }));
  const args = ['--manifests', daemon.manifests, ...daemon.place, '--api-socket', daemon.apiSocket];
  const told = [await runTinylet(['--dry-run', ...args])];
  await daemon.start();
  await says(daemon, 'p', `${createHash('sha256').update(value).digest('hex')} -`);
  await daemon.write('keys.yaml', secret(daemon, 'keys', { PASSWORD: `${value}-2` }));
  await daemon.passes();
  // Broken in ways that a message might quote.
  for (const broken of [
    `kind: Secret\napiVersion: v1\nmetadata: { name: keys }\ndata: { PASSWORD: ${value}! }\n`,
    `kind: Secret\napiVersion: v1\nmetadata: { name: keys }\nstringData: { PASSWORD: [${value}] }\n`,
    `kind: Secret\napiVersion: v1\nmetadata: { name: keys }\nstringData:\n  PASSWORD: ${value}\n PASSWORD: ${value}\n`,
    `kind: Secret\napiVersion: v1\nmetadata: { name: keys }\nstringData: { PASSWORD: "${value}\n`,
    `kind: Secret\napiVersion: v1\nmetadata: { name: keys }\ntype: kubernetes.io/dockerconfigjson\nstringData: { .dockerconfigjson: ${value} }\n`,
  ]) {
    await daemon.write('keys.yaml', broken);
    await eventually(async () => expect((await daemon.status()).refused).toHaveLength(1));
    await daemon.passes();
    told.push(await runTinylet(['status', '--output', 'json', '--api-socket', daemon.apiSocket]));
    told.push(await runTinylet(['validate', daemon.file('keys.yaml')]));
  }
  told.push(await runTinylet(['status', '--api-socket', daemon.apiSocket]));
  told.push(await runTinylet(['--dry-run', ...args]));
  const texts = [daemon.output, ...told.flatMap(({ stdout, stderr }) => [stdout, stderr])];
  for (const text of texts) {
    expect(text).not.toContain(value);
    expect(text).not.toContain(btoa(value).slice(0, -4));
  }
});

interface Reader {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly envFrom?: readonly object[];
  readonly volumes?: readonly MountedVolume[];
  /** Logs a hash instead. */
  readonly discreet?: boolean;
}

interface MountedVolume {
  readonly source: object;
  readonly subPath?: string;
}

/** Logs the variables it was given, and what its volumes hold each time that changes: `a: one b: one`, one line for each. */
const READ = `
env | grep -E '^A='
cd /
while :; do
  for volume in /volumes/*; do
    now=$(cd $volume/..data 2>/dev/null || cd $volume; for file in *; do printf '%s: %s ' $file "$(cat $file)" || exit; done) || continue
    old=/tmp/$(basename $volume)
    [ "$now" = "$(cat $old 2>/dev/null)" ] || { echo "$now" >$old; echo $now; }
  done
  sleep 0.05
done`;

const HASH = 'printf %s "$PASSWORD" | sha256sum; sleep 100000';

function reader({ namespace }: Daemon, sketch: Reader): string {
  const { name, annotations = {}, envFrom = [], volumes = [], discreet = false } = sketch;
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations },
    spec: {
      terminationGracePeriodSeconds: 1,
      volumes: volumes.map(({ source }, index) => ({ name: `v${index}`, ...source })),
      containers: [
        {
          name: 'main',
          image: HTTP_IMAGE,
          command: ['catatonit', '--', 'sh', '-c', discreet ? HASH : READ],
          envFrom,
          volumeMounts: volumes.map(({ subPath }, index) => ({
            name: `v${index}`,
            mountPath: `/volumes/v${index}${subPath === undefined ? '' : `/${subPath}`}`,
            ...(subPath !== undefined && { subPath }),
          })),
        },
      ],
    },
  });
}

function configMap(
  { namespace }: Daemon,
  name: string,
  data: Readonly<Record<string, string>>,
  more: { readonly immutable?: boolean } = {},
): string {
  return stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data, ...more });
}

function secret({ namespace }: Daemon, name: string, stringData: Readonly<Record<string, string>>): string {
  return stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData });
}

function configMapRef(name: string): object {
  return { configMapRef: { name } };
}

function configMapVolume(name: string): MountedVolume {
  return { source: { configMap: { name } } };
}

function partOf(name: string, key: string): MountedVolume {
  return { source: { configMap: { name } }, subPath: key };
}

function secretVolume(secretName: string): MountedVolume {
  return { source: { secret: { secretName } } };
}

function projectedVolume(config: string, keys: string): MountedVolume {
  return {
    source: { projected: { sources: [{ configMap: { name: config } }, { secret: { name: keys } }] } },
  };
}

/** Waits until the pod's newest container has logged this line. */
async function says(daemon: Daemon, name: string, line: string): Promise<void> {
  await eventually(async () => expect(await logOf(daemon, name)).toContain(line));
  // What a container writes can be read a moment before the runtime calls it running.
  await daemon.running(name);
}

/** What the newest container has logged, line by line. */
async function logOf(daemon: Daemon, name: string): Promise<readonly string[]> {
  const { uid, containers }: PodReport = await daemon.pod(name);
  const directory = join(daemon.logDir, `${daemon.namespace}_${name}_${uid}`, 'main');
  const log = await readFile(join(directory, `${containers[0]?.restartCount}.log`), 'utf8').catch(() => '');
  return log.split('\n').map((line) =>
    line
      .replace(/^\S+ \S+ \S+ /, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}
