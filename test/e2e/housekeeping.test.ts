import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { sleep, systemClock } from '../../src/base/index.ts';
import { mountsUnder } from '../../src/standalone/mounts.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { podCgroups } from './support/leftovers.ts';
import { HTTP_IMAGE, idle, v1 } from './support/manifests.ts';
import { besideOthers, idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('housekeeping');

/** Of a line of the log. */
const INFO = 30;

/** With a volume in memory, a part of one, and a claim, each with a file in it. */
function pod({ namespace }: Daemon, name: string): string {
  const script = 'echo kept > /claim/file; echo x > /memory/file; exec /bin/catatonit -- /bin/sleep 100000';
  const mounts = [
    { name: 'memory', mountPath: '/memory' },
    { name: 'disk', mountPath: '/part', subPath: 'part' },
    { name: 'claim', mountPath: '/claim' },
  ];
  return stringify({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        { ...idle('a'), image: HTTP_IMAGE, command: ['/bin/sh', '-c', script], volumeMounts: mounts },
      ],
      volumes: [
        { name: 'memory', emptyDir: { medium: 'Memory' } },
        { name: 'disk', emptyDir: {} },
        { name: 'claim', persistentVolumeClaim: { claimName: `data-${name}` } },
      ],
    },
  });
}

function claim({ namespace }: Daemon, name: string): string {
  return stringify({
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: `data-${name}`, namespace } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  });
}

besideOthers(
  'what is left of a pod that nobody knows goes, and what a pod lives in stays',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    const uids: Record<string, string> = {};
    for (const name of ['lost', 'living', 'unrecorded']) {
      await daemon.write(`claim-${name}.yaml`, claim(daemon, name));
      await daemon.write(`${name}.yaml`, pod(daemon, name));
    }
    await daemon.start();
    for (const name of ['lost', 'living', 'unrecorded']) uids[name] = (await daemon.running(name)).uid;
    const { lost = '', living = '', unrecorded = '' } = uids;
    const directory = (uid: string): string => join(daemon.rootDir, 'pods', uid);
    const claimed = join(daemon.rootDir, 'claims', namespace, 'data-lost/file');
    await eventually(async () => expect(await readFile(claimed, 'utf8')).toBe('kept\n'));
    await daemon.end('SIGKILL');

    // While nobody looked, one pod vanished from everywhere but the disk; another has but its containers.
    const { sandboxes } = await world.objects(namespace, 'lost');
    for (const { id } of sandboxes) {
      await world.cri.stopSandbox(id);
      await world.cri.removeSandbox(id);
    }
    await daemon.remove('lost.yaml');
    for (const uid of [lost, unrecorded]) await rm(join(directory(uid), 'record.json'));
    const before = [
      idsOf(await world.live(namespace, 'living')),
      idsOf(await world.live(namespace, 'unrecorded')),
    ];
    expect(await mountsUnder([directory(lost)])).toHaveLength(2);

    await daemon.start();
    expect(existsSync(directory(lost)), 'at first it is only noted').toBe(true);
    // It goes when it is found a second time, a minute later.
    await sleep(systemClock, 60_000);
    const line = await daemon.said('orphaned pod directory removed');
    expect(line).toMatchObject({
      uid: lost,
      reason: 'no manifest, no record and no container is of this pod',
    });
    expect(await mountsUnder([directory(lost)])).toEqual([]);
    expect(existsSync(directory(lost))).toBe(false);
    expect(await podCgroups([lost])).toEqual([]);
    expect(await readFile(claimed, 'utf8')).toBe('kept\n');

    const after = [
      idsOf(await world.live(namespace, 'living')),
      idsOf(await world.live(namespace, 'unrecorded')),
    ];
    expect(after).toEqual(before);
    for (const uid of [living, unrecorded]) expect(await mountsUnder([directory(uid)])).toHaveLength(2);
    expect(daemon.log.filter(({ msg }) => msg.startsWith('orphaned pod'))).toHaveLength(1);
  },
);

besideOthers('what is thrown away is told of with its id, and why', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const ids: string[] = [];
  const told = (action: string) =>
    eventually(() => {
      const line = daemon.log.find((each) => each.action === action);
      expect(line, action).toMatchObject({ level: INFO, msg: 'action done' });
      return line ?? {};
    });
  await daemon.start();
  for (const note of ['first', 'second', 'third']) {
    await daemon.write('web.yaml', v1({ name: 'web', namespace, containers: [idle('a', note)] }));
    await eventually(async () => {
      const { a } = (await world.live(namespace, 'web')).containers;
      expect([undefined, ...ids]).not.toContain(a?.id);
      ids.push(a?.id ?? '');
    });
  }
  const why = 'older than the one that is kept';
  expect(await told('remove-container')).toMatchObject({ container: 'a', attempt: 0, id: ids[0], why });

  await daemon.remove('web.yaml');
  const gone = { why: 'the pod is gone' };
  expect(await told('delete-logs')).toMatchObject(gone);
  expect(await told('tear-down-volumes')).toMatchObject(gone);
  expect(await told('remove-sandbox')).toMatchObject({ attempt: 0, ...gone });
});
