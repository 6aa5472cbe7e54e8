import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setInterval } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import { type Bench, WARM_UP_ROUNDS } from './bench.ts';
import { allRunning, startDaemon, untilReported } from './daemon-process.ts';
import { ManifestDirectory } from './manifest-directory.ts';
import { manifestText } from './pod-manifest.ts';
import { memoryOf } from './process-cost.ts';

const IMAGE = 'tinylet.local/http:1';
const LINE = `${'x'.repeat(99)}\n`;
const ENTRY = `2026-01-02T12:00:00.123456789Z stdout F ${LINE}`;
const LINES = 1_000_000;
const TEXT_BYTES = LINES * LINE.length;
/** Above what is written. */
const ROTATION = ['--container-log-max-size', '1Gi'];
const PATH = '/api/v1/namespaces/default/pods/writer/log?follow=true';

const SAMPLE_EVERY_MS = 20;

/**
 * Following 100 MB of lines of 100 bytes over the Unix socket, and what it costs in memory: of a writer that has written, which is as
 * fast as can be, and of one that writes meanwhile.
 */
export const logFollow: Bench = {
  name: 'log-follow',
  needsRealRuntime: false,
  async run({ rounds, program, cleanups }) {
    const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
    cleanups.add(() => rm(directory, { recursive: true, force: true }));
    let log = '';
    const openLog = (path: string): void => {
      log = path;
      writeFileSync(path, ENTRY.repeat(LINES));
    };
    const model = new RuntimeModel({ clock: systemClock, present: [IMAGE], openLog });
    const server = await serveFakeCri(model);
    cleanups.add(() => server.close());
    const manifests = new ManifestDirectory(directory);
    manifests.put({
      'writer.yaml': manifestText({ form: 'v1', name: 'writer', image: IMAGE, containers: 1, revision: 'a' }),
    });
    const place = { program, endpoint: server.endpoint, directory, manifests: manifests.path, cleanups };
    const daemon = await startDaemon(place, ROTATION);
    await untilReported(daemon, allRunning(1));
    const socketPath = join(directory, 'api.sock');
    const rssMb = async (): Promise<number> => (await memoryOf(daemon.pid)).rssMb;
    const before = await rssMb();
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await follow(socketPath);
    const [speeds, after]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      speeds.push(TEXT_BYTES / 1e3 / (await follow(socketPath)));
      after.push(await rssMb());
    }
    const [growing, peaks]: [number[], number[]] = [[], []];
    const settled = await rssMb();
    for (let round = 0; round < rounds; round += 1) {
      const { tookMs, peakMb } = await followGrowing(socketPath, log, rssMb);
      growing.push(TEXT_BYTES / 1e3 / tookMs);
      peaks.push(peakMb);
    }
    await daemon.stop();
    return [
      {
        name: 'logs -f of 100 MB in lines of 100 bytes',
        unit: 'MB/s',
        samples: speeds,
        goal: { atLeast: 150, of: 'median' },
      },
      {
        name: 'RSS after following 100 MB, raw: before the first time',
        unit: 'MB',
        samples: after,
        raw: [before],
      },
      { name: 'logs -f of 100 MB while they are written', unit: 'MB/s', samples: growing },
      {
        name: 'highest RSS while they are written and followed, raw: before that',
        unit: 'MB',
        samples: peaks,
        raw: [settled],
      },
    ];
  },
};

interface Growth {
  /** From the writer's beginning to the last byte told. */
  readonly tookMs: number;
  readonly peakMb: number;
}

/** The log is empty when it is asked for; then a process of its own writes to it as fast as it can. */
async function followGrowing(socketPath: string, log: string, rssMb: () => Promise<number>): Promise<Growth> {
  writeFileSync(log, '');
  const over = new AbortController();
  let tookMs = 0;
  const read = async (): Promise<void> => {
    try {
      tookMs = await follow(socketPath, () => append(log));
    } finally {
      over.abort();
    }
  };
  const [peakMb] = await Promise.all([highest(rssMb, over.signal), read()]);
  return { tookMs, peakMb };
}

async function highest(sample: () => Promise<number>, over: AbortSignal): Promise<number> {
  let peak = await sample();
  for await (const _ of setInterval(SAMPLE_EVERY_MS)) {
    if (over.aborted) break;
    peak = Math.max(peak, await sample());
  }
  return peak;
}

/** Nothing of it passes through this process, which has the text to read. */
async function append(log: string): Promise<void> {
  const script = 'yes "$1" | head -n "$2" >> "$3"';
  const writer = spawn('sh', ['-c', script, 'sh', ENTRY.trimEnd(), String(LINES), log], { stdio: 'ignore' });
  const [code] = await once(writer, 'exit');
  if (code !== 0) throw new Error(`the writer ended with ${code}`);
}

/** From the answer's head to the last byte, in milliseconds. Rejects where the text is not what was written. */
async function follow(socketPath: string, write?: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  const response = await ask(socketPath);
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${await text(response)}`);
  write?.().catch((error) => response.destroy(error));
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes >= TEXT_BYTES) break;
  }
  const tookMs = performance.now() - beganMs;
  if (bytes !== TEXT_BYTES) throw new Error(`${bytes} bytes came of ${TEXT_BYTES}`);
  return tookMs;
}

function ask(socketPath: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path: PATH, agent: false }, resolve).once('error', reject);
  });
}
