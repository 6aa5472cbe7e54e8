import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import { sample } from '../support/samples.ts';
import { type Bench, WARM_UP_ROUNDS } from './bench.ts';
import { allRunning, startDaemon, untilReported } from './daemon-process.ts';
import type { Figure } from './figure.ts';
import { ManifestDirectory } from './manifest-directory.ts';
import { manifestText } from './pod-manifest.ts';
import { memoryOf } from './process-cost.ts';

/** As many as a kubelet takes. */
const PODS = 110;
const GOAL_MS = 20;
const SCRAPES = 200;
/** Prometheus comes seldom: what one scrape leaves behind is no part of the next. */
const BETWEEN_MS = 20;
const IMAGE = 'tinylet.local/http:1';
const PATHS = ['/metrics', '/metrics/resource'];

/** What Prometheus waits for at a node that is full, from its request to the last byte. The fake runtime runs in this process. */
export const scrape: Bench = {
  name: 'scrape',
  needsRealRuntime: false,
  async run({ program, cleanups, note }) {
    const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
    cleanups.add(() => rm(directory, { recursive: true, force: true }));
    const server = await serveFakeCri(new RuntimeModel({ clock: systemClock, present: [IMAGE] }));
    cleanups.add(() => server.close());
    const manifests = new ManifestDirectory(directory);
    for (let index = 0; index < PODS; index += 1) manifests.put(manifest(`pod-${index}`));
    const place = { program, endpoint: server.endpoint, directory, manifests: manifests.path, cleanups };
    const daemon = await startDaemon(place);
    await untilReported(daemon, allRunning(PODS));
    const socketPath = join(directory, 'api.sock');
    const before = await memoryOf(daemon.pid);
    const figures: Figure[] = [];
    for (const path of PATHS) figures.push(...(await measure(socketPath, path)));
    const running = sample(await read(socketPath, '/metrics'), 'kubelet_running_pods');
    if (running !== PODS) throw new Error(`${running} pods are told of instead of ${PODS}`);
    const after = await memoryOf(daemon.pid);
    note(`RSS ${before.rssMb.toFixed(0)} → ${after.rssMb.toFixed(0)} MB`);
    await daemon.stop();
    return figures;
  },
};

async function measure(socketPath: string, path: string): Promise<readonly Figure[]> {
  const samples: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < SCRAPES; round += 1) {
    const askedMs = performance.now();
    await read(socketPath, path);
    if (round >= 0) samples.push(performance.now() - askedMs);
    await sleep(BETWEEN_MS);
  }
  const p99 = [...samples].sort((a, b) => a - b)[Math.floor(samples.length * 0.99)] ?? Number.NaN;
  const goal = { atMost: GOAL_MS, of: 'median' } as const;
  return [
    { name: `GET ${path} at ${PODS} pods`, unit: 'ms', samples, goal },
    { name: 'the same, the slowest hundredth begins at', unit: 'ms', samples: [p99], goal },
  ];
}

function read(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, (response) => {
      const isWell = response.statusCode === 200;
      text(response).then((body) => (isWell ? resolve(body) : reject(new Error(`${path}: ${body}`))), reject);
    });
    asked.once('error', reject);
    asked.end();
  });
}

function manifest(name: string): Record<string, string> {
  const shape = { form: 'v1', name, image: IMAGE, containers: 1, revision: 'a' } as const;
  return { [`${name}.yaml`]: manifestText(shape) };
}
