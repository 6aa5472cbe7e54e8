import { setTimeout as sleep } from 'node:timers/promises';
import { Limiter } from '../../src/base/index.ts';
import { type Bench, type BenchContext, WARM_UP_ROUNDS } from './bench.ts';
import { allRunning, type DaemonProcess, untilReported } from './daemon-process.ts';
import { manifestText, type PodShape, podOf } from './pod-manifest.ts';
import { type RealStage, setUpRealStage } from './real-stage.ts';
import { StartEvents } from './start-events.ts';

const PODS = 20;
/** As many as the daemon makes at once. */
const PARALLEL = 8;
/** Each round takes many seconds, and no goal hangs on it. */
const MAX_ROUNDS = 3;
const REST_MS = 500;

interface Stand extends RealStage {
  readonly events: StartEvents;
  readonly daemon: DaemonProcess;
}

/** Twenty files appear at once; the same pods by raw calls, eight pods at a time. */
export const manyPods: Bench = {
  name: 'many-pods',
  needsRealRuntime: true,
  async run(context) {
    const stage = await setUpRealStage(context);
    const events = await StartEvents.on(stage.runtime.endpoint);
    context.cleanups.add(() => events.close());
    const stand = { ...stage, events, daemon: await stage.startDaemon() };
    const { samples, raw } = await measure(stand, context);
    return [{ name: `${PODS} pods dropped at once → all Running`, unit: 'ms', samples, raw }];
  },
};

async function measure(
  stand: Stand,
  { rounds, note }: BenchContext,
): Promise<{ samples: number[]; raw: number[] }> {
  const [samples, raw]: [number[], number[]] = [[], []];
  const counted = Math.min(rounds, MAX_ROUNDS);
  for (let round = 1 - WARM_UP_ROUNDS; round < counted; round += 1) {
    note(`${PODS} pods: round ${round + 1} of ${counted}`);
    const ourMs = await dropAll(stand, round);
    await sleep(REST_MS);
    const rawMs = await callAll(stand, round);
    await sleep(REST_MS);
    if (round < 0) continue;
    samples.push(ourMs);
    raw.push(rawMs);
  }
  return { samples, raw };
}

/** The daemon's way: from the first rename to the last container's start. */
async function dropAll(stand: Stand, round: number): Promise<number> {
  const { events, manifests, daemon } = stand;
  const files = Object.fromEntries(
    shapes(stand, `bench-${round + WARM_UP_ROUNDS}`).map((shape) => [
      `${shape.name}.yaml`,
      manifestText(shape),
    ]),
  );
  const starting = events.nth(2 * PODS);
  const writtenMs = manifests.put(files);
  const durationMs = (await starting) - writtenMs;
  await untilReported(daemon, allRunning(PODS));
  manifests.remove(Object.keys(files));
  await untilReported(daemon, ({ pods }) => pods.length === 0);
  return durationMs;
}

async function callAll(stand: Stand, round: number): Promise<number> {
  const { events, raw } = stand;
  const named = shapes(stand, `raw-${round + WARM_UP_ROUNDS}`);
  const pods = await Promise.all(named.map((shape) => raw.prepare(podOf(shape))));
  const limiter = new Limiter(PARALLEL);
  const starting = events.nth(2 * PODS);
  const calledMs = performance.now();
  await Promise.all(pods.map((pod) => limiter.run(() => raw.start(pod))));
  const durationMs = (await starting) - calledMs;
  await Promise.all(pods.map((pod) => limiter.run(() => raw.remove(pod))));
  return durationMs;
}

function shapes({ runtime }: Stand, prefix: string): PodShape[] {
  return Array.from({ length: PODS }, (_, index) => ({
    form: 'v1',
    name: `${prefix}-${index}`,
    image: runtime.httpImage,
    containers: 1,
    revision: 'a',
  }));
}
