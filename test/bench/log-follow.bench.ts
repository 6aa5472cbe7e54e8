import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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

/** Following 100 MB of lines of 100 bytes over the Unix socket, and what it costs in memory. The writer is as fast as can be: it has written. */
export const logFollow: Bench = {
  name: 'log-follow',
  needsRealRuntime: false,
  async run({ rounds, program, cleanups }) {
    const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
    cleanups.add(() => rm(directory, { recursive: true, force: true }));
    const openLog = (path: string): void => writeFileSync(path, ENTRY.repeat(LINES));
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
    ];
  },
};

/** From the request to the last byte, in milliseconds. Rejects where the text is not what was written. */
async function follow(socketPath: string): Promise<number> {
  const beganMs = performance.now();
  const response = await ask(socketPath);
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${await text(response)}`);
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
