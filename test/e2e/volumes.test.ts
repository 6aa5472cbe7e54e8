import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { mountsUnder } from '../../src/standalone/mounts.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, useContainerd } from './support/world.ts';

/** Volumes over the life of a pod: what stays, what goes, and what ends a pod. */

const world = useContainerd('volumes');

besideOthers('a claim outlives its pods, and ends by a command alone', async (context) => {
  const daemon = await world.daemon(context);
  const { rootDir, namespace } = daemon;
  const claims = join(rootDir, 'claims', namespace);
  const deletion = () => runTinylet(['delete', 'pvc', 'data', '-n', namespace, '--root-dir', rootDir]);
  await daemon.write('claim.yaml', claim(daemon, 'data'));
  await daemon.write('p.yaml', counter(daemon, 'p'));
  await daemon.start();
  await finishes(daemon, 'p', 'Succeeded');
  expect(await readdir(join(claims, 'data'))).toEqual(['1']);

  // The pod goes, and its claim's manifest, and comes again.
  await daemon.remove('p.yaml');
  await daemon.remove('claim.yaml');
  await isGone(daemon, 'p');
  await daemon.restart();
  await daemon.write('p.yaml', counter(daemon, 'p'));
  await daemon.waiting('p', 'CreateContainerConfigError');
  await daemon.write('claim.yaml', claim(daemon, 'data'));
  await finishes(daemon, 'p', 'Succeeded');
  expect((await readdir(join(claims, 'data'))).sort()).toEqual(['1', '2']);

  await daemon.write('user.yaml', counter(daemon, 'user', 'sleep 100000'));
  await daemon.running('user');
  const refused = await deletion();
  expect(refused.stderr).toMatch(/is used by .*\buser\b/);
  expect(refused.code).not.toBe(0);
  await eventually(async () => expect(await readdir(join(claims, 'data'))).toHaveLength(3));
  await daemon.remove('user.yaml');
  await daemon.remove('p.yaml');
  await isGone(daemon, 'user');
  await isGone(daemon, 'p');
  expect(await deletion()).toMatchObject({ code: 0, stdout: 'persistentvolumeclaim "data" deleted\n' });
  await expect(access(join(claims, 'data'))).rejects.toThrow();
  expect((await deletion()).stderr).toContain('not found');
  await daemon.write('p.yaml', counter(daemon, 'p'));
  await finishes(daemon, 'p', 'Succeeded');
  expect(await readdir(join(claims, 'data'))).toEqual(['1']);
});

besideOthers('a pod that was evicted stays so until it is edited, and then begins empty', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const fill = (mebi: number) =>
    pod(daemon, 'p', {
      volumes: [{ name: 'work', emptyDir: { sizeLimit: '1Mi' } }],
      script: `test ! -e /mnt/work/file; dd if=/dev/zero of=/mnt/work/file bs=1M count=${mebi}; sleep 100000`,
    });
  await daemon.write('p.yaml', fill(2));
  await daemon.start();
  const evicted = await finishes(daemon, 'p', 'Failed');
  expect(evicted).toMatchObject({ reason: 'Evicted', message: expect.stringContaining('"work"') });
  await daemon.restart('SIGKILL');
  await daemon.passes();
  expect(await finishes(daemon, 'p', 'Failed')).toMatchObject({ reason: 'Evicted', uid: evicted.uid });
  expect((await world.objects(namespace)).containers.filter(({ state }) => state === 'running')).toEqual([]);
  await daemon.write('p.yaml', fill(0));
  await daemon.running('p');
  expect((await daemon.pod('p')).reason).toBeUndefined();
});

besideOthers('a pod past its deadline stays ended until it is edited', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const within = (activeDeadlineSeconds: number) =>
    pod(daemon, 'p', { activeDeadlineSeconds, script: 'sleep 100000' });
  await daemon.write('p.yaml', within(2));
  await daemon.start();
  const over = { phase: 'Failed', reason: 'DeadlineExceeded' };
  // On a busy machine it may be over before it began.
  await eventually(async () => expect(await daemon.pod('p')).toMatchObject(over));
  await daemon.restart('SIGKILL');
  await daemon.passes();
  expect(await daemon.pod('p')).toMatchObject(over);
  await eventually(async () => {
    const { containers } = await world.objects(namespace);
    expect(containers.filter(({ state }) => state === 'running')).toEqual([]);
  });
  await daemon.write('p.yaml', within(3600));
  await daemon.running('p');
});

besideOthers('labels are seen anew in files, and restart nothing', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const items = [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }];
  const labelled = (app: string) =>
    pod(daemon, 'p', {
      labels: { app },
      restartPolicy: 'Never',
      volumes: [{ name: 'facts', downwardAPI: { items } }],
      script:
        'grep -q one /mnt/facts/labels; echo seen; until grep -q two /mnt/facts/labels; do sleep 0.1; done',
    });
  await daemon.write('p.yaml', labelled('one'));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const log = join(daemon.logDir, `${namespace}_p_${uid}`, 'main/0.log');
  await eventually(async () => expect(await readFile(log, 'utf8')).toContain('seen'));
  const before = await world.objects(namespace);
  await daemon.write('p.yaml', labelled('two'));
  await finishes(daemon, 'p', 'Succeeded');
  const after = await world.objects(namespace);
  expect(after.containers.map(({ id }) => id)).toEqual(before.containers.map(({ id }) => id));
});

besideOthers('what a pod had goes with it, mounts and all, and nothing else does', async (context) => {
  const daemon = await world.daemon(context);
  const { rootDir } = daemon;
  await daemon.write('claim.yaml', claim(daemon, 'data'));
  await daemon.write('keys.yaml', stringify({ ...object(daemon, 'Secret', 'keys'), stringData: { a: 'b' } }));
  const volumes = [
    { name: 'disk', emptyDir: {} },
    { name: 'memory', emptyDir: { medium: 'Memory' } },
    { name: 'keys', secret: { secretName: 'keys' } },
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
  ];
  const links = 'ln -s /mnt/data /mnt/disk/link; touch /mnt/data/kept; sleep 100000';
  await daemon.write('p.yaml', pod(daemon, 'p', { volumes, script: links }));
  await daemon.write('q.yaml', pod(daemon, 'q', { volumes, script: 'sleep 100000' }));
  await daemon.start();
  const { uid } = await daemon.running('p');
  const other = await daemon.running('q');
  await eventually(async () =>
    expect(await readdir(join(rootDir, 'claims', daemon.namespace, 'data'))).toEqual(['kept']),
  );
  const mountsOfOther = await mountsUnder([join(rootDir, 'pods', other.uid)]);
  expect(mountsOfOther).not.toEqual([]);
  await daemon.remove('p.yaml');
  await isGone(daemon, 'p');
  expect(await readdir(join(rootDir, 'pods'))).toEqual([other.uid]);
  expect(await mountsUnder([join(rootDir, 'pods', uid)])).toEqual([]);
  expect(await mountsUnder([join(rootDir, 'pods', other.uid)])).toEqual(mountsOfOther);
  expect(await readdir(join(rootDir, 'claims', daemon.namespace, 'data'))).toEqual(['kept']);
});

interface Sketch {
  /** Runs with `set -e`; volumes are mounted at /mnt/<name>. */
  readonly script: string;
  readonly volumes?: readonly { readonly name: string; readonly [source: string]: unknown }[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly activeDeadlineSeconds?: number;
  readonly restartPolicy?: 'Never';
}

function pod(daemon: Daemon, name: string, { script, volumes = [], labels = {}, ...spec }: Sketch): string {
  const { metadata, ...rest } = object(daemon, 'Pod', name);
  return stringify({
    ...rest,
    metadata: { ...metadata, labels },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...spec,
      volumes,
      containers: [
        {
          name: 'main',
          image: HTTP_IMAGE,
          command: ['catatonit', '--', 'sh', '-ec', script],
          volumeMounts: volumes.map((volume) => ({ name: volume.name, mountPath: `/mnt/${volume.name}` })),
        },
      ],
    },
  });
}

/** Adds a file to the claim `data`, named after how many there are then. */
function counter(daemon: Daemon, name: string, then = 'true'): string {
  const script = `touch "/mnt/data/$(( $(ls /mnt/data | wc -l) + 1 ))"; ${then}`;
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  return pod(daemon, name, { volumes, script, restartPolicy: 'Never' });
}

function claim(daemon: Daemon, name: string): string {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };
  return stringify({ ...object(daemon, 'PersistentVolumeClaim', name), spec });
}

function object({ namespace }: Daemon, kind: string, name: string) {
  return { apiVersion: 'v1', kind, metadata: { name, namespace } };
}

function finishes(daemon: Daemon, name: string, phase: 'Succeeded' | 'Failed') {
  return eventually(async () => {
    const found = await daemon.pod(name);
    expect(found.phase).toBe(phase);
    expect(found.containers.every(({ state }) => 'terminated' in state)).toBe(true);
    return found;
  });
}

function isGone(daemon: Daemon, name: string) {
  return eventually(async () => {
    expect((await daemon.status()).pods.map((each) => each.name)).not.toContain(name);
  });
}
