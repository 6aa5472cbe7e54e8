import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { ContainerStatus, EventReport, PodReport, PodWhy } from '../../src/status/index.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle, shell } from './support/manifests.ts';
import { runTinylet } from './support/program.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('status');

besideOthers('how a container ended is told, with its last words', async (context) => {
  const daemon = await world.daemon(context);
  const words = 'echo said > /dev/termination-log; echo logged; exit 3';
  // Its log is read once, and the runtime may lose what is written right before the end (containerd#12364).
  const quiet = 'echo logged; sleep 1; exit 4';
  await daemon.write(
    'p.yaml',
    pod(daemon, { restartPolicy: 'Never' }, [
      { ...shell('a-file', words) },
      { ...shell('b-log', quiet), terminationMessagePolicy: 'FallbackToLogsOnError' },
      { ...shell('c-both', words), terminationMessagePolicy: 'FallbackToLogsOnError' },
      { ...shell('d-none', quiet) },
      { ...shell('e-good', 'echo logged'), terminationMessagePolicy: 'FallbackToLogsOnError' },
    ]),
  );
  await daemon.start();
  const told = await phase(daemon, 'Failed');
  expect(told.containers.map(endOf)).toEqual([
    { name: 'a-file', exitCode: 3, reason: 'Error', message: 'said\n' },
    { name: 'b-log', exitCode: 4, reason: 'Error', message: 'logged\n' },
    { name: 'c-both', exitCode: 3, reason: 'Error', message: 'said\n' },
    { name: 'd-none', exitCode: 4, reason: 'Error', message: undefined },
    { name: 'e-good', exitCode: 0, reason: 'Completed', message: undefined },
  ]);
  expect(told.conditions.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['PodReadyToStartContainers', expect.anything(), undefined],
    ['Initialized', 'True', undefined],
    ['Ready', 'False', 'PodFailed'],
    ['ContainersReady', 'False', 'PodFailed'],
    ['PodScheduled', 'True', undefined],
  ]);
});

besideOthers('a container that asks for more memory than it may have', async (context) => {
  const daemon = await world.daemon(context);
  // The limit is enough for the runtime's own process. containerd 1.6 asks for the kernel's word after it has started a container, and
  // takes none that comes after its end: what is killed begins later than the container, and the container outlives it.
  const script = 'sleep 5; tail /dev/zero; code=$?; sleep 10; exit $code';
  const hungry = { ...shell('app', script), resources: { limits: { memory: '48Mi' } } };
  await daemon.write('p.yaml', pod(daemon, { restartPolicy: 'Never' }, [hungry]));
  await daemon.start();
  // The runtime may hear from the kernel after the exit.
  const told = await eventually(async () => {
    const pod = await phase(daemon, 'Failed');
    expect(pod.containers.map(endOf)).toMatchObject([{ exitCode: 137, reason: 'OOMKilled' }]);
    return pod;
  });
  expect(told.words.status).toBe('OOMKilled');
  expect(told.qosClass).toBe('Burstable');
});

besideOthers(
  'a crash loop, from its status to its events and back through a restart of the daemon',
  async (context) => {
    const daemon = await world.daemon(context);
    const { namespace } = daemon;
    await daemon.write(
      'p.yaml',
      flat({ name: 'p', namespace, containers: [shell('bad', 'exit 3'), idle('good')] }),
    );
    await daemon.start();
    const told = await daemon.waiting('p', 'CrashLoopBackOff');
    expect(told.words).toMatchObject({ ready: '1/2', status: 'CrashLoopBackOff' });
    expect(told.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [bad]',
      }),
    );
    expect(told.containers).toMatchObject([
      {
        ...{ name: 'bad', ready: false, started: false },
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      },
      {
        name: 'good',
        ready: true,
        started: true,
        imageID: expect.stringMatching(/./),
        containerID: expect.stringMatching(/^containerd:/),
      },
    ]);

    const before = await eventually(async () => {
      const events = await eventsOf(daemon);
      expect(events.find(({ reason }) => reason === 'BackOff')).toMatchObject({
        type: 'Warning',
        fieldPath: 'spec.containers{bad}',
        message: `Back-off restarting failed container bad in pod p_${namespace}(${told.uid})`,
      });
      return events;
    });
    expect(countOf(before, 'Started', 'bad')).toBeGreaterThanOrEqual(2);
    expect(countOf(before, 'Started', 'good')).toBe(1);

    // What was told is on disk within moments; then the daemon may die.
    await eventually(async () => {
      const kept = await readFile(join(daemon.rootDir, 'events.jsonl'), 'utf8');
      expect(kept).toContain('"reason":"BackOff"');
    });
    await daemon.restart('SIGKILL');
    expect(countOf(await eventsOf(daemon), 'Started', 'good')).toBe(1);
    await eventually(async () => {
      const after = await eventsOf(daemon);
      expect(countOf(after, 'BackOff', 'bad')).toBeGreaterThan(countOf(before, 'BackOff', 'bad'));
      expect(countOf(after, 'Started', 'good')).toBe(1);
    });

    await daemon.remove('p.yaml');
    await eventually(async () => {
      expect((await daemon.status()).pods).toEqual([]);
      expect(await eventsOf(daemon)).toContainEqual(
        expect.objectContaining({ reason: 'Killing', message: 'Stopping container good' }),
      );
    });
  },
);

besideOthers('why a pod is as it is', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [shell('bad', 'exit 3')] }));
  await daemon.start();
  await daemon.waiting('p', 'CrashLoopBackOff');
  const place = ['--api-socket', daemon.apiSocket];
  // A pause may be over by the time it is asked for; the next one is longer.
  const passes = await eventually(async () => {
    const asked = await runTinylet(['why', 'p', '-n', namespace, '-o', 'json', ...place]);
    const { pods }: { pods: readonly PodWhy[] } = JSON.parse(asked.stdout);
    const told = pods[0]?.passes ?? [];
    expect(told.at(-1)?.waiting).toMatchObject([{ container: 'bad', reason: 'CrashLoopBackOff' }]);
    return told;
  });
  const did = passes.flatMap(({ actions }) => actions.filter(({ outcome }) => outcome === 'done'));
  expect(did.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'make sandbox #0',
      'create container bad #0',
      'start container bad',
      'create container bad #1',
    ]),
  );
  expect(passes[0]?.triggers).toContain('manifest changed');
  expect(passes.flatMap(({ triggers }) => triggers)).toEqual(expect.arrayContaining(['again', 'interval']));
  expect(passes.some(({ observed }) => observed.includes('bad #1 exited with 3 (Error)'))).toBe(true);

  await eventually(async () => {
    const table = await runTinylet(['why', `${namespace}/p`, ...place]);
    const stdout = expect.stringContaining('waits: bad: CrashLoopBackOff until ');
    expect(table).toMatchObject({ code: 0, stdout });
  });
  const unknown = await runTinylet(['why', 'q', '-n', namespace, ...place]);
  expect(unknown).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `tinylet: there is no pod ${namespace}/q; did you mean ${namespace}/p?\n`,
  });
});

function pod(daemon: Daemon, spec: object, containers: readonly object[]): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: daemon.namespace },
    spec: {
      terminationGracePeriodSeconds: 2,
      ...spec,
      containers: containers.map((container) => ({ image: HTTP_IMAGE, ...container })),
    },
  });
}

function phase(daemon: Daemon, wanted: PodReport['phase']): Promise<PodReport> {
  return eventually(async () => {
    const told = await daemon.pod('p');
    expect(told.phase).toBe(wanted);
    return told;
  });
}

function endOf({ name, state }: ContainerStatus) {
  if (!('terminated' in state)) return { name };
  const { exitCode, reason, message } = state.terminated;
  return { name, exitCode, reason, message };
}

async function eventsOf(daemon: Daemon): Promise<readonly EventReport[]> {
  const asked = await runTinylet([
    'events',
    'p',
    '-n',
    daemon.namespace,
    '-o',
    'json',
    '--api-socket',
    daemon.apiSocket,
  ]);
  const { events }: { events: readonly EventReport[] } = JSON.parse(asked.stdout);
  return events;
}

function countOf(events: readonly EventReport[], reason: string, container: string): number {
  const fieldPath = `spec.containers{${container}}`;
  const found = events.filter((event) => event.reason === reason && event.fieldPath === fieldPath);
  return found.reduce((sum, { count }) => sum + count, 0);
}
