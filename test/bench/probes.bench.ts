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
/** Beside those, commands: more than may begin at once, and each takes a while. */
const COMMANDS = 40;
const COMMAND_MS = 200;
const IMAGE = 'tinylet.local/http:1';
const WARM_UP_MS = 5_000;
const REST_MS = 300;

/**
 * What two hundred HTTP probes a second cost a pod that is dropped meanwhile: from the rename of its file to the call that starts its
 * container, beside the same with a hundred pods that are not probed; then once more with commands that are run in containers, too. But
 * for these the fake runtime answers at once, so all of it is the daemon.
 */
export const probes: Bench = {
  name: 'probes',
  needsRealRuntime: false,
  async run(context) {
    const asked = await startAsked(context);
    const raw = await measure(context, { http: [], commands: 0 });
    const samples = await measure(context, { http: PROBES, commands: 0 }, asked);
    const beside = await measure(context, { http: PROBES, commands: COMMANDS }, asked);
    return [
      {
        name: `file → StartContainer beside ${PODS} pods with 2 probes a second, raw: without`,
        unit: 'ms',
        samples: samples.latenciesMs,
        raw: raw.latenciesMs,
      },
      {
        name: `the same beside these and ${COMMANDS} commands of ${COMMAND_MS} ms, raw: without`,
        unit: 'ms',
        samples: beside.latenciesMs,
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

interface Load {
  /** The HTTP probes of each pod. */
  readonly http: readonly string[];
  /** How many further pods have a command run in them each second. */
  readonly commands: number;
}

async function measure(
  { rounds, program, cleanups, note }: BenchContext,
  { http, commands }: Load,
  asked: Asked = { port: 1, count: 0 },
): Promise<{ latenciesMs: number[]; cpuMs: number[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
  cleanups.add(() => rm(directory, { recursive: true, force: true }));
  let run = 0;
  const commandOf = () => {
    run += 1;
    return { takesMs: COMMAND_MS };
  };
  const model = new RuntimeModel({ clock: systemClock, present: [IMAGE], commandOf });
  const server = await serveFakeCri(model);
  cleanups.add(() => server.close());
  const manifests = new ManifestDirectory(directory);
  const asks = http.map((kind) => httpProbe(kind, asked.port));
  const pods = [
    ...Array.from({ length: PODS }, (_, index) => [`probed-${index}`, asks] as const),
    ...Array.from({ length: commands }, (_, index) => [`run-${index}`, [EXEC_PROBE]] as const),
  ];
  manifests.put(Object.fromEntries(pods.map(([name, probes]) => [`${name}.yaml`, probed(name, probes)])));
  const place = { program, endpoint: server.endpoint, directory, manifests: manifests.path, cleanups };
  const daemon = await startDaemon(place);
  await untilReported(daemon, allRunning(pods.length));
  await sleep(WARM_UP_MS);
  const [latenciesMs, cpuMs]: [number[], number[]] = [[], []];
  const [beginMs, before, runBefore] = [performance.now(), asked.count, run];
  for (let round = 0; round < rounds; round += 1) {
    const [cpuBeforeMs, atMs] = [await cpuMsOf(daemon.pid), performance.now()];
    await sleep(1_000);
    cpuMs.push(((await cpuMsOf(daemon.pid)) - cpuBeforeMs) / ((performance.now() - atMs) / 1000));
    const startedAtMs = nextStart(model);
    const writtenAtMs = manifests.put({ 'new.yaml': probed(`new-${round}`, []) });
    latenciesMs.push((await startedAtMs) - writtenAtMs);
    await sleep(REST_MS);
  }
  const seconds = (performance.now() - beginMs) / 1000;
  const [answered, ran] = [asked.count - before, run - runBefore].map((count) => Math.round(count / seconds));
  note(`${answered} probes a second were answered, ${ran} commands a second were run`);
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

const EXEC_PROBE = ['    livenessProbe:', '      exec: {command: [check]}', '      periodSeconds: 1'].join(
  '\n',
);

function httpProbe(kind: string, port: number): string {
  return [
    `    ${kind}:`,
    `      httpGet: {host: 127.0.0.1, port: ${port}, path: /}`,
    '      periodSeconds: 1',
  ].join('\n');
}

function probed(name: string, probes: readonly string[]): string {
  const plain = manifestText({ form: 'v1', name, image: IMAGE, containers: 1, revision: 'a' });
  return [plain.trimEnd(), ...probes, ''].join('\n');
}
