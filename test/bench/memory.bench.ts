import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { allRunning, untilReported } from './daemon-process.ts';
import type { Figure } from './figure.ts';
import { manifestText } from './pod-manifest.ts';
import { type MemoryUse, memoryOf } from './process-cost.ts';
import { type RealStage, setUpRealStage } from './real-stage.ts';

const GOAL_MB = 90;
const IDLE_MS = 30_000;
const BETWEEN_SAMPLES_MS = 1_000;
/** 300 passes in half a minute: what ten minutes of the usual interval leave in the heap. */
const FAST_INTERVAL = ['--interval', '100ms'];

/** Memory of the daemon with one running pod; beside it a Node process that does nothing. */
export const memory: Bench = {
  name: 'memory',
  needsRealRuntime: true,
  async run(context) {
    const stage = await setUpRealStage(context);
    stage.manifests.put({
      'bench.yaml': manifestText({
        ...{ form: 'v1', name: 'bench', containers: 1, revision: 'a' },
        image: stage.runtime.httpImage,
      }),
    });
    context.note('memory right after the start');
    const raw = await bareNode(context.rounds);
    const fresh = await freshDaemons(stage, context.rounds);
    context.note(`memory after ${IDLE_MS / 1000} s`);
    const idle = await idleDaemon(stage, context.rounds, []);
    context.note(`memory after ${IDLE_MS / 1000} s of passes in quick succession`);
    const worn = await idleDaemon(stage, context.rounds, FAST_INTERVAL);
    return [
      figure('RSS, 1 pod, at the first pass', 'rssMb', { ours: fresh, raw }),
      {
        ...figure('RSS, 1 pod, idle for 30 s', 'rssMb', { ours: idle, raw }),
        goal: { atMost: GOAL_MB, of: 'median' },
      },
      figure('PSS, 1 pod, idle for 30 s', 'pssMb', { ours: idle, raw }),
      figure('RSS, 1 pod, after 300 passes', 'rssMb', { ours: worn, raw }),
    ];
  },
};

function figure(
  name: string,
  part: keyof MemoryUse,
  { ours, raw }: { ours: readonly MemoryUse[]; raw: readonly MemoryUse[] },
): Figure {
  return {
    name,
    unit: 'MB',
    samples: ours.map((use) => use[part]),
    raw: raw.map((use) => use[part]),
  };
}

async function freshDaemons(stage: RealStage, rounds: number): Promise<MemoryUse[]> {
  const samples: MemoryUse[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const daemon = await stage.startDaemon();
    samples.push(await memoryOf(daemon.pid));
    await daemon.stop();
  }
  return samples;
}

async function idleDaemon(stage: RealStage, rounds: number, flags: readonly string[]): Promise<MemoryUse[]> {
  const daemon = await stage.startDaemon(flags);
  await untilReported(daemon, allRunning(1));
  await sleep(IDLE_MS);
  const samples: MemoryUse[] = [];
  for (let round = 0; round < rounds; round += 1) {
    samples.push(await memoryOf(daemon.pid));
    await sleep(BETWEEN_SAMPLES_MS);
  }
  await daemon.stop();
  return samples;
}

/** What Node takes by itself, so that the rest can be told from it. */
async function bareNode(rounds: number): Promise<MemoryUse[]> {
  const samples: MemoryUse[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
    await once(child.stdout, 'data');
    if (child.pid !== undefined) samples.push(await memoryOf(child.pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return samples;
}
