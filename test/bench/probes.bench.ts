import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import type { Bench, BenchContext } from './bench.ts';
import { allRunning, startDaemon, untilReported } from './daemon-process.ts';
import { ManifestDirectory } from './manifest-directory.ts';
import { manifestText } from './pod-manifest.ts';
import { cpuMsOf } from './process-cost.ts';

const PODS = 100;
/** Each pod is asked twice a second. */
const PROBES = ['readinessProbe', 'livenessProbe'];
const IMAGE = 'tinylet.local/http:1';
const WARM_UP_MS = 5_000;
const REST_MS = 300;

/**
 * What two hundred HTTP probes a second cost a pod that is dropped meanwhile: from the rename of its file to the call that starts its
 * container, beside the same with a hundred pods that are not probed. The fake runtime answers at once, so all of it is the daemon.
 */
export const probes: Bench = {
  name: 'probes',
  needsRealRuntime: false,
  async run(context) {
    const asked = await startAsked(context);
    const raw = await measure(context, []);
    const samples = await measure(context, PROBES, asked);
    return [
      {
        name: `file → StartContainer beside ${PODS} pods with 2 probes a second, raw: without`,
        unit: 'ms',
        samples: samples.latenciesMs,
        raw: raw.latenciesMs,
      },
      {
        name: `CPU of a second with ${PODS} such pods, raw: without probes`,
        unit: 'ms',
        samples: samples.cpuMs,
        raw: raw.cpuMs,
      },
    ];
  },
};

interface Asked {
  readonly port: number;
  count: number;
}

/** Whom all of them ask; it runs in this process and costs the daemon nothing. */
async function startAsked({ cleanups }: BenchContext): Promise<Asked> {
  const asked: { port: number; count: number } = { port: 0, count: 0 };
  const server: Server = createServer((_, answer) => {
    asked.count += 1;
    answer.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.add(async () => void server.close());
  const address = server.address();
  asked.port = typeof address === 'object' && address !== null ? address.port : 0;
  return asked;
}

async function measure(
  { rounds, program, cleanups, note }: BenchContext,
  kinds: readonly string[],
  asked: Asked = { port: 1, count: 0 },
): Promise<{ latenciesMs: number[]; cpuMs: number[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
  cleanups.add(() => rm(directory, { recursive: true, force: true }));
  const model = new RuntimeModel({ clock: systemClock, present: [IMAGE] });
  const server = await serveFakeCri(model);
  cleanups.add(() => server.close());
  const manifests = new ManifestDirectory(directory);
  const names = Array.from({ length: PODS }, (_, index) => `probed-${index}`);
  manifests.put(Object.fromEntries(names.map((name) => [`${name}.yaml`, probed(name, kinds, asked.port)])));
  const place = { program, endpoint: server.endpoint, directory, manifests: manifests.path, cleanups };
  const daemon = await startDaemon(place);
  await untilReported(daemon, allRunning(PODS));
  await sleep(WARM_UP_MS);
  const [latenciesMs, cpuMs]: [number[], number[]] = [[], []];
  const [beginMs, before] = [performance.now(), asked.count];
  for (let round = 0; round < rounds; round += 1) {
    const [cpuBeforeMs, atMs] = [await cpuMsOf(daemon.pid), performance.now()];
    await sleep(1_000);
    cpuMs.push(((await cpuMsOf(daemon.pid)) - cpuBeforeMs) / ((performance.now() - atMs) / 1000));
    const startedAtMs = nextStart(model);
    const writtenAtMs = manifests.put({ 'new.yaml': probed(`new-${round}`, [], 1) });
    latenciesMs.push((await startedAtMs) - writtenAtMs);
    await sleep(REST_MS);
  }
  const seconds = (performance.now() - beginMs) / 1000;
  note(`${Math.round((asked.count - before) / seconds)} probes a second were answered`);
  await daemon.stop();
  return { latenciesMs, cpuMs };
}

function nextStart(model: RuntimeModel): Promise<number> {
  return new Promise((resolve) => {
    const forget = model.onCall(({ call, phase }) => {
      if (call !== 'StartContainer' || phase !== 'before') return;
      forget();
      resolve(performance.now());
    });
  });
}

function probed(name: string, kinds: readonly string[], port: number): string {
  const plain = manifestText({ form: 'v1', name, image: IMAGE, containers: 1, revision: 'a' });
  const asks = kinds.flatMap((kind) => [
    `    ${kind}:`,
    `      httpGet: {host: 127.0.0.1, port: ${port}, path: /}`,
    '      periodSeconds: 1',
  ]);
  return [plain.trimEnd(), ...asks, ''].join('\n');
}
