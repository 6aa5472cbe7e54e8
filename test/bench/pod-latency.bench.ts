import { setTimeout as sleep } from 'node:timers/promises';
import type { Cri } from '../../src/cri/index.ts';
import { type Bench, type BenchContext, WARM_UP_ROUNDS } from './bench.ts';
import { allRunning, type DaemonProcess, untilReported } from './daemon-process.ts';
import type { Figure } from './figure.ts';
import { manifestText, type PodShape, podOf } from './pod-manifest.ts';
import { type RealStage, setUpRealStage } from './real-stage.ts';
import { StartEvents } from './start-events.ts';

const GOAL_MS = 50;
const FILE = 'bench.yaml';
/** For whoever still tidies up to come to rest, before the next thing is timed. */
const REST_MS = 200;
const GONE_POLL_MS = 15;

/** What one pod's life took, from the file's (or the first call's) moment on. */
interface Life {
  readonly startMs: number;
  readonly editMs: number;
  readonly deleteMs: number;
}

interface Stand extends RealStage {
  readonly events: StartEvents;
  readonly daemon: DaemonProcess;
}

type Subject = Pick<PodShape, 'form' | 'containers'>;

const SUBJECTS: readonly Subject[] = [
  { form: 'v1', containers: 1 },
  { form: 'flat', containers: 1 },
  { form: 'v1', containers: 2 },
];

/** A file is written, edited and removed; the same with the raw calls in turns; containerd's events tell when it runs. */
export const podLatency: Bench = {
  name: 'pod-latency',
  needsRealRuntime: true,
  async run(context) {
    const stage = await setUpRealStage(context);
    const events = await StartEvents.on(stage.runtime.endpoint);
    context.cleanups.add(() => events.close());
    const stand = { ...stage, events, daemon: await stage.startDaemon() };
    const figures: Figure[] = [];
    for (const subject of SUBJECTS) figures.push(...(await measure(stand, subject, context)));
    return figures;
  },
};

async function measure(stand: Stand, subject: Subject, { rounds, note }: BenchContext): Promise<Figure[]> {
  const [ours, raw]: [Life[], Life[]] = [[], []];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    note(`${subject.form} pod, ${subject.containers} container(s): round ${round + 1} of ${rounds}`);
    const turns = [
      async () => keep(ours, round, await liveByDaemon(stand, subject, round)),
      async () => keep(raw, round, await liveRaw(stand, subject, round)),
    ];
    // Whoever comes second may find the machine warmer.
    if (round % 2 !== 0) turns.reverse();
    for (const turn of turns) {
      await turn();
      await sleep(REST_MS);
    }
  }
  const title = `${subject.form} pod, ${subject.containers === 1 ? '1 container' : `${subject.containers} containers`}`;
  const figure = (name: string, part: keyof Life): Figure => ({
    name: `${title}: ${name}`,
    unit: 'ms',
    samples: ours.map((life) => life[part]),
    raw: raw.map((life) => life[part]),
  });
  return [
    { ...figure('file written → Running', 'startMs'), goal: { atMost: GOAL_MS, of: 'excess' } },
    figure('container edited → new one Running', 'editMs'),
    figure('file removed → pod gone', 'deleteMs'),
  ];
}

function keep(lives: Life[], round: number, life: Life): void {
  if (round >= 0) lives.push(life);
}

async function liveByDaemon(stand: Stand, subject: Subject, round: number): Promise<Life> {
  const { cri, events, manifests, daemon } = stand;
  const shape = { ...subject, name: `bench-${round + WARM_UP_ROUNDS}`, image: stand.runtime.httpImage };
  const starting = events.nth(1 + subject.containers);
  const writtenMs = manifests.put({ [FILE]: manifestText({ ...shape, revision: 'a' }) });
  const startMs = (await starting) - writtenMs;
  await untilReported(daemon, allRunning(1));
  await sleep(REST_MS);

  const restarting = events.nth(1);
  const editedMs = manifests.put({ [FILE]: manifestText({ ...shape, revision: 'b' }) });
  const editMs = (await restarting) - editedMs;
  await untilReported(daemon, allRunning(1));
  await sleep(REST_MS);

  const removedMs = manifests.remove([FILE]);
  const deleteMs = (await gone(cri, shape.name)) - removedMs;
  await untilReported(daemon, ({ pods }) => pods.length === 0);
  return { startMs, editMs, deleteMs };
}

async function liveRaw({ cri, raw, events, runtime }: Stand, subject: Subject, round: number): Promise<Life> {
  const shape = { ...subject, name: `raw-${round + WARM_UP_ROUNDS}`, image: runtime.httpImage };
  const pod = await raw.prepare(podOf({ ...shape, revision: 'a' }));
  const starting = events.nth(1 + subject.containers);
  const calledMs = performance.now();
  await raw.start(pod);
  const startMs = (await starting) - calledMs;
  await sleep(REST_MS);

  const edited = podOf({ ...shape, revision: 'b' });
  const restarting = events.nth(1);
  const editedMs = performance.now();
  await raw.edit(pod, edited);
  const editMs = (await restarting) - editedMs;
  await sleep(REST_MS);

  const removedMs = performance.now();
  const [goneMs] = await Promise.all([gone(cri, shape.name), raw.remove(pod)]);
  return { startMs, editMs, deleteMs: goneMs - removedMs };
}

/** The moment the runtime knows no sandbox of this name any more. No event tells; asking more often would slow it down. */
async function gone(cri: Cri, name: string): Promise<number> {
  while ((await cri.listSandboxes()).some((sandbox) => sandbox.name === name)) await sleep(GONE_POLL_MS);
  return performance.now();
}
