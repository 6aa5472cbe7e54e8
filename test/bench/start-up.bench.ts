import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Bench, type BenchContext, WARM_UP_ROUNDS } from './bench.ts';
import { allRunning, untilReported } from './daemon-process.ts';
import type { Figure } from './figure.ts';
import { manifestText } from './pod-manifest.ts';
import { cpuMsOf } from './process-cost.ts';
import { type RealStage, setUpRealStage } from './real-stage.ts';

const GOAL_MS = 600;

/** One start of everything, by turns. */
interface Start {
  readonly bareNodeMs: number;
  readonly versionMs: number;
  readonly apiMs: number;
  readonly firstPassMs: number;
  readonly firstPassCpuMs: number;
}

/** From spawn to the end of the first pass, with a pod that already runs; beside it what Node and the command line take of it. */
export const startUp: Bench = {
  name: 'start-up',
  needsRealRuntime: true,
  async run(context) {
    const stage = await setUpRealStage(context);
    await runOnePod(stage);
    const starts: Start[] = [];
    for (let round = -WARM_UP_ROUNDS; round < context.rounds; round += 1) {
      context.note(`start: round ${round + 1} of ${context.rounds}`);
      const start = await measure(stage, context);
      if (round >= 0) starts.push(start);
    }
    const bare = starts.map(({ bareNodeMs }) => bareNodeMs);
    const figure = (name: string, part: keyof Start): Figure => ({
      name,
      unit: 'ms',
      samples: starts.map((start) => start[part]),
      raw: bare,
    });
    return [
      {
        ...figure('start → first pass, 1 pod (raw: node -e 0)', 'firstPassMs'),
        goal: { atMost: GOAL_MS, of: 'median' },
      },
      figure('of it, until the api is served', 'apiMs'),
      figure('tinylet --version, spawn → exit', 'versionMs'),
      { ...omitRaw(figure('CPU used until the first pass', 'firstPassCpuMs')) },
    ];
  },
};

function omitRaw({ raw: _, ...figure }: Figure): Figure {
  return figure;
}

async function runOnePod({ manifests, runtime, startDaemon }: RealStage): Promise<void> {
  const shape = {
    form: 'v1',
    name: 'bench',
    image: runtime.httpImage,
    containers: 1,
    revision: 'a',
  } as const;
  manifests.put({ 'bench.yaml': manifestText(shape) });
  const daemon = await startDaemon();
  await untilReported(daemon, allRunning(1));
  await daemon.stop();
}

async function measure(stage: RealStage, { program }: BenchContext): Promise<Start> {
  const bareNodeMs = await runToExit(['-e', '0']);
  const versionMs = await runToExit([program, '--version']);
  const daemon = await stage.startDaemon();
  const firstPassCpuMs = await cpuMsOf(daemon.pid);
  const apiMs = daemon.loggedAfterMs('api is served') ?? Number.NaN;
  await daemon.stop();
  return { bareNodeMs, versionMs, apiMs, firstPassMs: daemon.readyAfterMs, firstPassCpuMs };
}

async function runToExit(args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return performance.now() - startedMs;
}
