import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

const world = useContainerd('life');

/** A directory of the machine in which containers and hooks write down what they do, one line each. */
class Journal {
  readonly directory: string;

  constructor(daemon: Daemon) {
    this.directory = join(daemon.base, 'journal');
  }

  async lines(): Promise<readonly string[]> {
    const text = await readFile(join(this.directory, 'lines'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Waits until this was written. */
  said(line: string): Promise<void> {
    return eventually(async () => expect(await this.lines()).toContain(line));
  }
}

const note = (line: string): string => `echo ${line} >> /journal/lines`;
const sh = (...steps: readonly string[]): readonly string[] => ['/bin/sh', '-c', steps.join('; ')];

interface ContainerFields {
  readonly name: string;
  readonly [field: string]: unknown;
}

interface PodFields {
  readonly containers: readonly ContainerFields[];
  readonly initContainers?: readonly ContainerFields[];
  readonly [field: string]: unknown;
}

/** A pod all of whose containers can write into the journal. */
function journalled(
  daemon: Daemon,
  journal: Journal,
  { containers, initContainers, ...spec }: PodFields,
): string {
  const fill = (container: ContainerFields) => ({
    image: HTTP_IMAGE,
    volumeMounts: [{ name: 'journal', mountPath: '/journal' }],
    ...container,
  });
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: daemon.namespace },
    spec: {
      terminationGracePeriodSeconds: 20,
      ...spec,
      ...(initContainers && { initContainers: initContainers.map(fill) }),
      containers: containers.map(fill),
      volumes: [{ name: 'journal', hostPath: { path: journal.directory, type: 'DirectoryOrCreate' } }],
    },
  });
}

/** Runs until it is told to end, and says so. */
const untilTerm = (name: string, ...then: readonly string[]) =>
  sh(
    `trap 'echo ${name} TERM >> /journal/lines; exit 0' TERM`,
    note(`${name} runs`),
    ...then,
    'while :; do sleep 0.1; done',
  );

async function started(daemon: Daemon): Promise<Journal> {
  const journal = new Journal(daemon);
  await mkdir(journal.directory, { recursive: true });
  await daemon.start();
  return journal;
}

besideOthers('a whole life: init, sidecar, hooks, probes, and an end in the right order', async (context) => {
  const daemon = await world.daemon(context);
  const journal = await started(daemon);
  const once = { initialDelaySeconds: 0, periodSeconds: 1, failureThreshold: 60 };
  const pod = journalled(daemon, journal, {
    initContainers: [
      { name: 'first', command: sh(note('first begins'), 'sleep 0.5', note('first ends')) },
      {
        name: 'side',
        restartPolicy: 'Always',
        command: untilTerm('side', 'sleep 1', 'touch /tmp/up'),
        startupProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, ...once },
        lifecycle: { preStop: { exec: { command: sh(note('side preStop')) } } },
      },
      { name: 'second', command: sh(note('second begins'), 'sleep 0.5', note('second ends')) },
    ],
    containers: [
      {
        name: 'app',
        command: untilTerm('app', '/bin/httpd -p 8080 -h / || true'),
        ports: [{ name: 'web', containerPort: 8080 }],
        startupProbe: { httpGet: { path: '/etc/passwd', port: 'web' }, ...once },
        livenessProbe: { tcpSocket: { port: 8080 }, ...once },
        readinessProbe: { httpGet: { path: '/journal/ready', port: 'web' }, ...once },
        lifecycle: {
          postStart: {
            exec: { command: sh(note('app postStart begins'), 'sleep 0.5', note('app postStart ends')) },
          },
          preStop: { exec: { command: sh(note('app preStop begins'), 'sleep 5', note('app preStop ends')) } },
        },
      },
      {
        name: 'late',
        command: untilTerm('late'),
        readinessProbe: { exec: { command: ['test', '-f', '/journal/ready'] }, ...once },
      },
    ],
  });
  await daemon.write('p.yaml', pod);
  await journal.said('late runs');
  await daemon.running('p');
  const ready = async () =>
    Object.fromEntries((await daemon.pod('p')).containers.map(({ name, ready: isReady }) => [name, isReady]));
  await daemon.passes();
  expect(await ready()).toEqual({ app: false, late: false });
  const { containers: before } = await world.live(daemon.namespace, 'p');
  await writeFile(join(journal.directory, 'ready'), '');
  await eventually(async () => expect(await ready()).toEqual({ app: true, late: true }));
  await daemon.restart('SIGKILL');
  await eventually(async () => expect(await ready()).toEqual({ app: true, late: true }));
  expect((await world.live(daemon.namespace, 'p')).containers).toEqual(before);

  await daemon.remove('p.yaml');
  await eventually(async () => expect((await world.objects(daemon.namespace)).sandboxes).toEqual([]));
  const lines = await journal.lines();
  expect(lines.slice(0, 9).filter((line) => line !== 'app runs')).toEqual([
    ...['first begins', 'first ends', 'side runs', 'second begins', 'second ends'],
    ...['app postStart begins', 'app postStart ends', 'late runs'],
  ]);
  expect(lines).toContain('app runs');
  const at = (line: string): number => {
    expect(
      lines.filter((each) => each === line),
      `${line}, once`,
    ).toHaveLength(1);
    return lines.indexOf(line);
  };
  expect(at('app TERM')).toBeGreaterThan(at('app preStop ends'));
  expect(at('side preStop')).toBeLessThan(at('app TERM'));
  expect(at('side TERM')).toBeGreaterThan(at('app TERM'));
  expect(at('side TERM')).toBeGreaterThan(at('late TERM'));
});

/** Ill from when it is told to be, but not again after its restart. */
const FALL_ONCE =
  'test -e /journal/fell || { (until test -e /journal/fall; do sleep 0.1; done; touch /journal/fell; rm /tmp/alive) & }';

besideOthers(
  'a container that fails its liveness probe is restarted alone, one that is well is not',
  async (context) => {
    const daemon = await world.daemon(context);
    const journal = await started(daemon);
    const livenessProbe = {
      exec: { command: ['test', '-f', '/tmp/alive'] },
      periodSeconds: 1,
      timeoutSeconds: 30,
      failureThreshold: 2,
      terminationGracePeriodSeconds: 3,
    };
    const pod = journalled(daemon, journal, {
      containers: [
        {
          name: 'ill',
          command: untilTerm('ill', 'touch /tmp/alive', FALL_ONCE),
          livenessProbe,
        },
        { name: 'well', command: untilTerm('well', 'touch /tmp/alive'), livenessProbe },
      ],
    });
    await daemon.write('p.yaml', pod);
    await daemon.running('p');
    const { containers: before } = await world.live(daemon.namespace, 'p');
    await writeFile(join(journal.directory, 'fall'), '');
    await journal.said('ill TERM');
    await eventually(async () => {
      const ill = (await daemon.pod('p')).containers.find(({ name }) => name === 'ill');
      expect(ill).toMatchObject({ restartCount: 1, state: { running: {} } });
    });
    const { containers: after } = await world.live(daemon.namespace, 'p');
    expect(after.well?.id).toBe(before.well?.id);
    expect(after.ill?.id).not.toBe(before.ill?.id);
  },
);

besideOthers(
  'rules of a container: one code restarts it, another restarts all, in the same sandbox',
  async (context) => {
    const daemon = await world.daemon(context);
    const journal = await started(daemon);
    const count = 'n=$(cat /journal/count 2>/dev/null || echo 0); echo $((n + 1)) > /journal/count';
    const pod = journalled(daemon, journal, {
      restartPolicy: 'Never',
      initContainers: [{ name: 'first', command: sh(note('first')) }],
      containers: [
        {
          name: 'app',
          restartPolicy: 'Never',
          restartPolicyRules: [
            { action: 'Restart', exitCodes: { operator: 'In', values: [10] } },
            { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [11] } },
          ],
          command: sh(
            count,
            note('app $n'),
            'sleep 1',
            'case $n in 0) exit 10;; 1) exit 11;; *) exit 12;; esac',
          ),
        },
        { name: 'beside', restartPolicy: 'Never', command: untilTerm('beside') },
      ],
    });
    await daemon.write('p.yaml', pod);
    await journal.said('app 2');
    const { sandboxes } = await world.objects(daemon.namespace, 'p');
    expect(sandboxes).toHaveLength(1);
    await eventually(async () => {
      const app = (await daemon.pod('p')).containers.find(({ name }) => name === 'app');
      expect(app).toMatchObject({ restartCount: 2, state: { terminated: { exitCode: 12 } } });
    });
    const lines = await journal.lines();
    expect(
      lines.filter((line) => line === 'first'),
      'init containers run anew',
    ).toHaveLength(2);
    expect(lines.indexOf('app 1')).toBeLessThan(lines.lastIndexOf('first'));
    expect(lines.lastIndexOf('first')).toBeLessThan(lines.indexOf('app 2'));
  },
);

besideOthers('a postStart hook that fails ends its container, which comes back', async (context) => {
  const daemon = await world.daemon(context);
  const journal = await started(daemon);
  // Until it has its handler, the signal would not end it.
  const isUp = 'until grep -q "app runs" /journal/lines; do sleep 0.1; done';
  const hook = sh('test -f /journal/again && exit 0', isUp, 'touch /journal/again', 'exit 3');
  const pod = journalled(daemon, journal, {
    containers: [
      { name: 'app', command: untilTerm('app'), lifecycle: { postStart: { exec: { command: hook } } } },
    ],
  });
  await daemon.write('p.yaml', pod);
  await journal.said('app TERM');
  await eventually(async () => {
    const [app] = (await daemon.pod('p')).containers;
    expect(app).toMatchObject({ restartCount: 1, state: { running: {} } });
  });
});
