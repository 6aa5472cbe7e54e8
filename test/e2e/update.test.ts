import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { annotation } from '../../src/pod/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import type { PodReport } from '../../src/status/index.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle } from './support/manifests.ts';
import { besideOthers, idsOf, type Live, useContainerd } from './support/world.ts';

const world = useContainerd('update');

const NO_IMAGE = { image: 'tinylet.local/nowhere:1', imagePullPolicy: 'Never' } as const;

/** Waits until just these containers run, each in the attempt named. */
function attemptRuns({ namespace }: Daemon, attempts: Readonly<Record<string, number>>): Promise<Live> {
  return eventually(async () => {
    const live = await world.live(namespace, 'p');
    const found = Object.entries(live.containers).map(([name, { attempt }]) => [name, attempt]);
    expect(Object.fromEntries(found)).toEqual(attempts);
    return live;
  });
}

/** Waits until the pod tells why its update waits; its containers are told as running all the while. */
async function held(daemon: Daemon, reason: string): Promise<PodReport> {
  const report = await daemon.waiting('p', reason);
  const [wait] = report.waiting;
  expect(wait?.message).toMatch(/; the running version goes on$/);
  expect(wait?.container).toBeUndefined();
  return report;
}

besideOthers(
  'an edit whose image cannot be had stops nothing: what crashes is restarted as it was, until the image can be had',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    const pod = (a: object) =>
      flat({ name: 'p', namespace, containers: [{ ...idle('a'), ...a }, idle('b')] });
    await daemon.write('p.yaml', pod({}));
    await daemon.start();
    await daemon.running('p');
    const before = await world.live(namespace, 'p');

    await daemon.write('p.yaml', pod(NO_IMAGE));
    const { containers } = await held(daemon, 'ErrImageNeverPull');
    expect(containers.map(({ state }) => Object.keys(state))).toEqual([['running'], ['running']]);
    await daemon.passes();
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(before));

    for (const { id } of Object.values(before.containers)) await world.cri.stopContainer(id, 0);
    const again = await attemptRuns(daemon, { a: 1, b: 1 });
    expect(again.sandbox.id).toBe(before.sandbox.id);
    await daemon.restart('SIGKILL');
    await held(daemon, 'ErrImageNeverPull');
    expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(again));

    await daemon.write('p.yaml', pod({ image: HTTP_IMAGE, env: [{ name: 'NOTE', value: 'new' }] }));
    const after = await attemptRuns(daemon, { a: 2, b: 1 });
    expect(idsOf(after)).toMatchObject({ sandbox: before.sandbox.id, b: again.containers.b?.id });
    expect((await daemon.running('p')).waiting).toEqual([]);
  },
);

besideOthers('an edit that needs another sandbox waits for the images of all', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const pod = (hostNetwork: boolean, a: object) =>
    flat({ name: 'p', namespace, hostNetwork, containers: [{ ...idle('a'), ...a }, idle('b')] });
  await daemon.write('p.yaml', pod(false, {}));
  await daemon.start();
  await daemon.running('p');
  const before = await world.live(namespace, 'p');
  await daemon.write('p.yaml', pod(true, NO_IMAGE));
  await held(daemon, 'ErrImageNeverPull');
  await daemon.passes();
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(before));
  await daemon.write('p.yaml', pod(true, {}));
  const after = await attemptRuns(daemon, { a: 1, b: 1 });
  expect(after.sandbox.attempt).toBe(1);
});

besideOthers('an edit waits for its ConfigMap, and for the key that it takes from it', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  const configMap = (data: object) =>
    stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace }, data });
  const taking = stringify({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace } },
    spec: {
      terminationGracePeriodSeconds: 2,
      containers: [
        {
          ...{ ...idle('a'), image: HTTP_IMAGE },
          env: [{ name: 'NOTE', valueFrom: { configMapKeyRef: { name: 'c', key: 'note' } } }],
        },
      ],
    },
  });
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  await daemon.start();
  await daemon.running('p');
  const before = await world.live(namespace, 'p');
  await daemon.write('p.yaml', taking);
  const missing = await held(daemon, 'CreateContainerConfigError');
  expect(missing.waiting[0]?.message).toContain('configmap "c" not found');
  await daemon.write('c.yaml', configMap({ other: 'x' }));
  await eventually(async () => {
    const { waiting } = await held(daemon, 'CreateContainerConfigError');
    expect(waiting[0]?.message).toContain(`couldn't find key note in ConfigMap ${namespace}/c`);
  });
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(idsOf(before));
  await daemon.write('c.yaml', configMap({ note: 'x' }));
  await attemptRuns(daemon, { a: 1 });
});

const DEADLINE_S = 4;

/** A version that wishes to go back where it is not Ready in time. */
function wishing(
  { namespace }: Daemon,
  version: string,
  { deadlineS = DEADLINE_S, ...container }: { readonly deadlineS?: number } & object = {},
): string {
  const wishes = { [annotation.rollback]: 'true', [annotation.progressDeadline]: `${deadlineS}s` };
  return stringify({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 'p', namespace, annotations: wishes },
    spec: {
      terminationGracePeriodSeconds: 2,
      containers: [{ ...idle('a', version), image: HTTP_IMAGE, ...container }],
    },
  });
}

async function recordOf({ rootDir }: Daemon, uid: string): Promise<PodRecord> {
  return JSON.parse(await readFile(join(rootDir, 'pods', uid, 'record.json'), 'utf8'));
}

/** Waits until a version was given up. */
function rolledBack(daemon: Daemon, uid: string): Promise<PodRecord & Pick<Required<PodRecord>, 'rejected'>> {
  return eventually(async () => {
    const { rejected, ...record } = await recordOf(daemon, uid);
    if (rejected === undefined) throw new Error('no version was given up yet');
    return { ...record, rejected };
  });
}

const noteOf = ({ pod }: Pick<PodRecord, 'pod'>): string | undefined =>
  pod.spec.containers[0]?.env.find(({ name }) => name === 'NOTE')?.value;

const neverReady = {
  readinessProbe: { exec: { command: ['/bin/sh', '-c', 'exit 1'] }, periodSeconds: 1 },
};
const crashing = { command: ['/bin/sh', '-c', 'exit 1'] };

for (const [title, bad] of [
  ['is never Ready', neverReady],
  ['crashes at once', crashing],
] as const) {
  besideOthers(
    `a version that ${title} gives way to the last good one, until the file changes`,
    async (context) => {
      const daemon = await world.daemon(context);
      await daemon.write('p.yaml', wishing(daemon, 'one'));
      await daemon.start();
      const { uid } = await daemon.running('p');
      await daemon.write('p.yaml', wishing(daemon, 'two', bad));
      await eventually(async () => expect(noteOf(await recordOf(daemon, uid))).toBe('two'));
      const { changedAtMs = 0, previous } = await recordOf(daemon, uid);
      expect(previous && noteOf({ pod: previous })).toBe('one');

      const back = await rolledBack(daemon, uid);
      expect([noteOf(back), back.ready, back.previous]).toEqual(['one', true, undefined]);
      expect(back.rejected.atMs - changedAtMs).toBeGreaterThanOrEqual(DEADLINE_S * 1000);
      const good = await eventually(async () => {
        const live = await world.live(daemon.namespace, 'p');
        expect(live.containers.a?.attempt).toBeGreaterThanOrEqual(2);
        expect(live.containers.a?.createdAtMs).toBeGreaterThanOrEqual(back.rejected.atMs);
        const [{ state } = { state: {} }] = (await daemon.pod('p')).containers;
        expect(Object.keys(state)).toEqual(['running']);
        return live;
      });

      await daemon.restart('SIGKILL');
      const { waiting } = await daemon.waiting('p', 'RolledBack');
      expect(waiting[0]?.message).toBe(
        `version not Ready within ${DEADLINE_S}s: back to the last version that was`,
      );
      await daemon.passes();
      expect(idsOf(await world.live(daemon.namespace, 'p'))).toEqual(idsOf(good));

      await daemon.write('p.yaml', wishing(daemon, 'three', { deadlineS: 60 }));
      await attemptRuns(daemon, { a: (good.containers.a?.attempt ?? 0) + 1 });
      await daemon.running('p');
      expect((await recordOf(daemon, uid)).rejected).toBeUndefined();
    },
  );
}

besideOthers(
  'a daemon that was killed while a version had its time gives it that time, and then goes back',
  async (context) => {
    const daemon = await world.daemon(context);
    await daemon.write('p.yaml', wishing(daemon, 'one'));
    await daemon.start();
    const { uid } = await daemon.running('p');
    await daemon.write('p.yaml', wishing(daemon, 'two', neverReady));
    await eventually(async () => expect(noteOf(await recordOf(daemon, uid))).toBe('two'));
    await daemon.end('SIGKILL');
    const startedAtMs = Date.now();
    await daemon.start();
    const { rejected } = await rolledBack(daemon, uid);
    expect(rejected.atMs - startedAtMs).toBeGreaterThanOrEqual(DEADLINE_S * 1000);
  },
);

besideOthers(
  'a version that is Ready in time stays, and is what a later one goes back to',
  async (context) => {
    const daemon = await world.daemon(context);
    // Less than it has to be Ready to be a good one.
    const deadlineS = 8;
    await daemon.write('p.yaml', wishing(daemon, 'one', { deadlineS }));
    await daemon.start();
    const { uid } = await daemon.running('p');
    await daemon.write('p.yaml', wishing(daemon, 'two', { deadlineS }));
    await attemptRuns(daemon, { a: 1 });
    await eventually(async () => expect((await recordOf(daemon, uid)).ready).toBe(true));
    const { previous, changedAtMs = 0 } = await recordOf(daemon, uid);
    expect([previous, noteOf(await recordOf(daemon, uid))]).toEqual([undefined, 'two']);
    expect(Date.now() - changedAtMs).toBeGreaterThan(deadlineS * 1000);
    await attemptRuns(daemon, { a: 1 });
  },
);
