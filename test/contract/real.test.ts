import { access, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/index.ts';
import { cgroupFacts } from '../../src/host/cgroup-facts.ts';
import { type RuntimeVersion, realRuntimeUnavailable, startRealRuntime } from '../support/real-runtime.ts';
import { registryUsers, startRegistry } from '../support/registry.ts';
import { cgroupCases } from './cgroup-cases.ts';
import type { ContractRuntime } from './contract-pod.ts';
import { criContract } from './cri-contract.ts';

const unavailable = realRuntimeUnavailable();
const { shared } = await cgroupFacts();

if (unavailable !== undefined) {
  process.stderr.write(`the contract is not checked against a real runtime: ${unavailable}\n`);
  describe('real containerd', () => {
    // Where tests decide what is merged, a runtime that cannot be had is a failure and not a reason.
    test.skipIf(!process.env.CI)(`can be had: ${unavailable}`, () => expect.fail(unavailable));
  });
} else {
  for (const version of versions()) {
    criContract(`containerd ${version}`, () => realContainerd(version), shared ? cgroupCases : undefined);
  }
}

async function realContainerd(version: RuntimeVersion): Promise<ContractRuntime> {
  const runtime = await startRealRuntime({ version, name: 'contract' });
  const [open, closed] = await Promise.all([startRegistry(), startRegistry({ users: ['alice'] })]);
  const cri = connectCri({ endpoint: runtime.endpoint, clock: systemClock });
  // Each is another image: what an id stands for has one list of names.
  const archive = join(runtime.rootDir, 'images/http.tar');
  const image = (config: Record<string, unknown>) => ({ archive, config });
  return {
    cri,
    image: runtime.httpImage,
    registry: {
      numeric: await open.push(image({ User: '1000:2000' }), 'users/numeric:1'),
      named: await open.push(image({ User: 'nobody' }), 'users/named:1'),
      plain: await open.push(image({ Labels: { for: 'everyone' } }), 'plain:1'),
      closed: await closed.push(image({ Labels: { for: 'alice' } }), 'team/closed:1'),
      owner: { username: 'alice', password: registryUsers.alice.password },
    },
    logRoot: runtime.logDir,
    logs: { exists, rename },
    programReady,
    async cleanup() {
      cri.close();
      await runtime.stop();
      await Promise.all([open.stop(), closed.stop()]);
    },
  };
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

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
