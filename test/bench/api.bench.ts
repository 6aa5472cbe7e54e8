import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import type { Bench } from './bench.ts';
import { allRunning, startDaemon, untilReported } from './daemon-process.ts';
import { ManifestDirectory } from './manifest-directory.ts';
import { manifestText } from './pod-manifest.ts';
import { memoryOf } from './process-cost.ts';

const PODS = 100;
const WATCHERS = 50;
const REQUESTS_PER_SECOND = 200;
const LASTS_MS = 60_000;
/** So often a pod is edited, which restarts its container. */
const EDIT_EVERY_MS = 250;
const GRACE_MS = 3_000;
const IMAGE = 'tinylet.local/http:1';
const PATHS = [
  '/api/v1/pods',
  '/api/v1/namespaces/default/pods/pod-7',
  '/api/v1/namespaces/default/pods?limit=500',
];

/**
 * A minute of fifty watchers and two hundred reads a second, while pods change. That no watcher loses or repeats an event is asserted:
 * each must have been told the same, in the order of the versions, and what they were told must lead to what is there at the end.
 */
export const api: Bench = {
  name: 'api',
  needsRealRuntime: false,
  async run({ program, cleanups, note }) {
    const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
    cleanups.add(() => rm(directory, { recursive: true, force: true }));
    const model = new RuntimeModel({ clock: systemClock, present: [IMAGE] });
    const server = await serveFakeCri(model);
    cleanups.add(() => server.close());
    const manifests = new ManifestDirectory(directory);
    for (let index = 0; index < PODS; index += 1) manifests.put(manifest(index, 'first'));
    const place = { program, endpoint: server.endpoint, directory, manifests: manifests.path, cleanups };
    const daemon = await startDaemon(place);
    await untilReported(daemon, allRunning(PODS));
    const socketPath = join(directory, 'api.sock');
    const before = await memoryOf(daemon.pid);

    const first = await listed(socketPath);
    const watchers = await Promise.all(
      Array.from({ length: WATCHERS }, () => watch(socketPath, first.version)),
    );
    const passesBefore = (await daemon.report()).passes;
    const latenciesMs = await load(socketPath, manifests);
    const passes = (await daemon.report()).passes - passesBefore;
    const last = await listed(socketPath);
    await sleep(GRACE_MS);
    const stories = watchers.map(({ told }) => told);
    const events = checkWatchers(stories);
    for (const told of stories) checkEnd({ first, told, last });
    for (const watcher of watchers) watcher.stop();
    const after = await memoryOf(daemon.pid);
    const rss = `RSS ${before.rssMb.toFixed(0)} → ${after.rssMb.toFixed(0)} MB`;
    note(`${events} events to each of ${WATCHERS} watchers, none lost, none twice; ${passes} passes; ${rss}`);
    await daemon.stop();
    return [
      {
        name: `get or list, ${REQUESTS_PER_SECOND} a second beside ${WATCHERS} watchers`,
        unit: 'ms',
        samples: latenciesMs,
      },
      {
        name: 'the same, the slowest hundredth begins at',
        unit: 'ms',
        samples: [p99(latenciesMs)],
        goal: { atMost: 50, of: 'median' },
      },
    ];
  },
};

function manifest(index: number, revision: string): Record<string, string> {
  return {
    [`pod-${index}.yaml`]: manifestText({
      form: 'v1',
      name: `pod-${index}`,
      image: IMAGE,
      containers: 1,
      revision,
    }),
  };
}

/** At its own pace, whatever the answers take: who falls behind shows it. */
async function load(socketPath: string, manifests: ManifestDirectory): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latenciesMs: number[] = [];
  const reads: Promise<void>[] = [];
  const beganMs = performance.now();
  let edits = 0;
  for (let sent = 0; performance.now() - beganMs < LASTS_MS; sent += 1) {
    const dueMs = beganMs + (sent * 1000) / REQUESTS_PER_SECOND;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    if (performance.now() - beganMs > edits * EDIT_EVERY_MS) {
      manifests.put(manifest(edits % PODS, `edit-${edits}`));
      edits += 1;
    }
    const path = PATHS[sent % PATHS.length] ?? '/api/v1/pods';
    reads.push(
      read(socketPath, path, agent).then(() => {
        latenciesMs.push(performance.now() - dueMs);
      }),
    );
  }
  await Promise.all(reads);
  agent.destroy();
  return latenciesMs;
}

async function read(socketPath: string, path: string, agent?: Agent): Promise<string> {
  const response = await ask(socketPath, path, agent);
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${body}`);
  return body;
}

function ask(socketPath: string, path: string, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, ...(agent && { agent }) }, resolve).once('error', reject);
  });
}

/** Every pod's version by its name, as of one version of all. */
interface Listed {
  readonly version: string;
  readonly pods: ReadonlyMap<string, string>;
}

async function listed(socketPath: string): Promise<Listed> {
  const { metadata, items } = JSON.parse(await read(socketPath, '/api/v1/pods'));
  const pods = new Map<string, string>();
  for (const { metadata: its } of items) pods.set(its.name, its.resourceVersion);
  return { version: metadata.resourceVersion, pods };
}

interface Told {
  readonly type: string;
  readonly name: string;
  readonly version: string;
}

interface Watcher {
  readonly told: readonly Told[];
  stop(): void;
}

async function watch(socketPath: string, version: string): Promise<Watcher> {
  const response = await ask(socketPath, `/api/v1/pods?watch=true&resourceVersion=${version}`);
  const told: Told[] = [];
  response.on('error', () => undefined);
  createInterface({ input: response }).on('line', (line) => {
    const { type, object } = JSON.parse(line);
    const { name, resourceVersion } = object.metadata;
    if (type !== 'BOOKMARK') told.push({ type, name, version: resourceVersion });
  });
  return { told, stop: () => response.destroy() };
}

/** How many events each was told. Throws where one of them was told another story, or versions do not grow. */
function checkWatchers(all: readonly (readonly Told[])[]): number {
  const [first = []] = all;
  const versions = first.map(({ version }) => Number(version));
  if (first.length === 0) throw new Error('nothing was told');
  if (versions.some((version, index) => version <= (versions[index - 1] ?? 0)))
    throw new Error('versions do not grow');
  const story = JSON.stringify(first);
  for (const told of all)
    if (JSON.stringify(told) !== story)
      throw new Error(`watchers were told ${first.length} and ${told.length} different events`);
  return first.length;
}

/** Throws where what a watcher was told up to the last list does not make that list of the first: events that none of them got. */
function checkEnd({ first, told, last }: { first: Listed; told: readonly Told[]; last: Listed }): void {
  const held = new Map(first.pods);
  for (const { type, name, version } of told.filter((each) => Number(each.version) <= Number(last.version)))
    if (type === 'DELETED') held.delete(name);
    else held.set(name, version);
  const names = new Set([...held.keys(), ...last.pods.keys()]);
  const wrong = [...names].filter((name) => held.get(name) !== last.pods.get(name));
  if (wrong.length > 0) throw new Error(`a watcher holds other versions than the list: ${wrong.join(', ')}`);
}

function p99(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length * 0.99)] ?? 0;
}
