import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { serveFakeCri } from '../fakes/fake-cri-server.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import type { Bench } from './bench.ts';
import { allRunning, startDaemon, untilReported } from './daemon-process.ts';
import { ManifestDirectory } from './manifest-directory.ts';
import { manifestText } from './pod-manifest.ts';
import { cpuMsOf } from './process-cost.ts';

const GOAL_MS = 15;
const PODS = 100;
const INTERVAL_MS = 2_000;
/** After some fifty passes the compiler has seen what is hot. Hints bring them quicker than two seconds apart. */
const HINTS = 100;
const BETWEEN_HINTS_MS = 100;
/** And some at the usual pace before the first that counts. */
const WARM_UP_PASSES = 3;
/** A pass is a small thing: a few more of them. */
const MIN_PASSES = 15;
const IMAGE = 'tinylet.local/http:1';

/**
 * What a pass costs when there is nothing to do: CPU of the whole process, from the middle between two passes to the next
 * middle, so that everything an idle daemon does counts. The fake runtime runs in this process, and costs it, not the daemon.
 */
export const convergedPass: Bench = {
  name: 'converged-pass',
  needsRealRuntime: false,
  async run({ rounds, program, cleanups, note }) {
    const directory = await mkdtemp(join(tmpdir(), 'tinylet-bench-'));
    cleanups.add(() => rm(directory, { recursive: true, force: true }));
    const model = new RuntimeModel({ clock: systemClock, present: [IMAGE] });
    const server = await serveFakeCri(model);
    cleanups.add(() => server.close());
    const manifests = new ManifestDirectory(directory);
    manifests.put(hundredManifests());
    note(`${PODS} pods on the fake runtime`);
    const place = { program, endpoint: server.endpoint, directory, manifests: manifests.path, cleanups };
    const daemon = await startDaemon(place);
    await untilReported(daemon, allRunning(PODS));
    await hintOften(model, manifests);
    note(`measuring after ${(await daemon.report()).passes} passes`);

    const passes = Math.max(rounds, MIN_PASSES);
    const samples: number[] = [];
    let beforeMs = 0;
    for (let pass = -WARM_UP_PASSES; pass <= passes; pass += 1) {
      await nextPass(model);
      await sleep(INTERVAL_MS / 2);
      const nowMs = await cpuMsOf(daemon.pid);
      if (pass > 0) samples.push(nowMs - beforeMs);
      beforeMs = nowMs;
    }
    return [
      {
        name: `CPU of a converged pass, ${PODS} pods on the fake`,
        unit: 'ms',
        samples,
        goal: { atMost: GOAL_MS, of: 'median' },
      },
    ];
  },
};

function nextPass(model: RuntimeModel): Promise<void> {
  return new Promise((resolve) => {
    const forget = model.onCall(({ call, phase }) => {
      if (call !== 'ListPodSandbox' || phase !== 'before') return;
      forget();
      resolve();
    });
  });
}

/** Makes the daemon look at everything, again and again: its directory stirs, and a task it does not know ends. */
async function hintOften(model: RuntimeModel, manifests: ManifestDirectory): Promise<void> {
  const sandboxId = model.putSandbox({ metadata: { name: 'foreign', namespace: 'foreign', uid: 'foreign' } });
  for (let attempt = 0; attempt < HINTS; attempt += 1) {
    manifests.put({ '.no-manifest': '' });
    model.putContainer(sandboxId, { metadata: { name: 'foreign', attempt } }, { exitAfterMs: 1 });
    await sleep(BETWEEN_HINTS_MS);
  }
}

function hundredManifests(): Record<string, string> {
  const names = Array.from({ length: PODS }, (_, index) => `bench-${index}`);
  const shape = { form: 'v1', image: IMAGE, containers: 1, revision: 'a' } as const;
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, manifestText({ ...shape, name })]));
}
