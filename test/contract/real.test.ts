import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/index.ts';
import { type RuntimeVersion, realRuntimeUnavailable, startRealRuntime } from '../support/real-runtime.ts';
import { criContract } from './cri-contract.ts';

const unavailable = realRuntimeUnavailable();

if (unavailable !== undefined) {
  process.stderr.write(`the contract is not checked against a real runtime: ${unavailable}\n`);
  describe('real containerd', () => {
    // Where tests decide what is merged, a runtime that cannot be had is a failure and not a reason.
    test.skipIf(!process.env.CI)(`can be had: ${unavailable}`, () => expect.fail(unavailable));
  });
} else {
  for (const version of versions()) {
    criContract(`containerd ${version}`, async () => {
      const runtime = await startRealRuntime({ version, name: 'contract' });
      const cri = connectCri({ endpoint: runtime.endpoint, clock: systemClock });
      return {
        cri,
        image: runtime.httpImage,
        logRoot: runtime.logDir,
        programReady,
        cleanup: async () => {
          cri.close();
          await runtime.stop();
        },
      };
    });
  }
}

/** The packaged one, unless the environment names others, with commas between them. */
function versions(): RuntimeVersion[] {
  return (process.env.TINYLET_TEST_CONTAINERD ?? '1.6').split(',') as RuntimeVersion[];
}

async function programReady(logPath: string): Promise<void> {
  for (;;) {
    const log = await readFile(logPath, 'utf8').catch(() => '');
    if (log.includes('ready')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
