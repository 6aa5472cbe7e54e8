import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

/** A root directory on a disk that is full. */

const world = useContainerd('full-disk');

besideOthers('a pod that fills the disk is evicted, and the disk is free again', async (context) => {
  const daemon = await world.daemon(context);
  useSmallDisk(daemon);
  const limited = { name: 'work', emptyDir: { sizeLimit: '64Ki' } };
  await daemon.write(
    'p.yaml',
    pod(daemon, 'p', limited, 'sleep 2; cat /dev/zero > /mnt/zero || sleep 100000'),
  );
  await daemon.start();
  await eventually(async () =>
    expect(await daemon.pod('p')).toMatchObject({ phase: 'Failed', reason: 'Evicted' }),
  );
  await eventually(() => expect(freeShare(daemon)).toBeGreaterThan(0.5));
  // The end is written once there is room again.
  const { uid } = await daemon.pod('p');
  const record = join(daemon.rootDir, 'pods', uid, 'record.json');
  await eventually(() => expect(JSON.parse(readFileSync(record, 'utf8'))).toHaveProperty('ended'));
  await daemon.restart('SIGKILL');
  await daemon.passes();
  expect(await daemon.pod('p')).toMatchObject({ phase: 'Failed', reason: 'Evicted', uid });
});

besideOthers('pods go while the disk is full, and none begins', async (context) => {
  const daemon = await world.daemon(context);
  useSmallDisk(daemon);
  const free = { name: 'work', emptyDir: {} };
  await daemon.write('p.yaml', pod(daemon, 'p', free, 'sleep 100000'));
  await daemon.start();
  await daemon.running('p');
  const filling = join(daemon.rootDir, 'filling');
  expect(() => writeFileSync(filling, Buffer.alloc(2 << 20))).toThrow(/ENOSPC/);
  await daemon.write('q.yaml', pod(daemon, 'q', free, 'sleep 100000'));
  await daemon.waiting('q', 'FailedSync');
  await daemon.remove('p.yaml');
  await eventually(async () => {
    expect((await daemon.status()).pods.map(({ name }) => name)).toEqual(['q']);
  });
  rmSync(filling);
  await daemon.running('q');
});

function useSmallDisk({ rootDir }: Daemon): void {
  mkdirSync(rootDir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', rootDir]);
}

function freeShare({ rootDir }: Daemon): number {
  const { bavail, blocks } = statfsSync(rootDir);
  return bavail / blocks;
}

function pod({ namespace }: Daemon, name: string, volume: { readonly name: string }, script: string): string {
  const main = {
    name: 'main',
    image: HTTP_IMAGE,
    command: ['catatonit', '--', 'sh', '-c', script],
    volumeMounts: [{ name: volume.name, mountPath: '/mnt' }],
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { terminationGracePeriodSeconds: 1, volumes: [volume], containers: [main] },
  });
}
