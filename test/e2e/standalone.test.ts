import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger, systemClock } from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/connect-cri.ts';
import type { PodSandboxConfig } from '../../src/cri/index.ts';
import type { SandboxId } from '../../src/pod/index.ts';
import { startPrivateContainerd, stopPrivateContainerd } from '../../src/standalone/index.ts';
import { layoutOf } from '../../src/standalone/layout.ts';
import { listProcesses } from '../../src/standalone/process-list.ts';
import {
  freePort,
  type RealRuntime,
  type RuntimeVersion,
  realRuntimeUnavailable,
  startRealRuntime,
} from '../support/real-runtime.ts';
import { eventually, httpText } from './support/eventually.ts';
import { leftovers } from './support/leftovers.ts';

const versions: RuntimeVersion[] = process.env.TINYLET_FULL === '1' ? ['1.6', '1.7', '2.1'] : ['1.6'];
const unavailable = realRuntimeUnavailable();

describe.skipIf(unavailable !== undefined).each(versions)('a private containerd %s', (version) => {
  let runtime: RealRuntime;
  let cri: ReturnType<typeof connectCri>;
  let port: number;
  let sandboxId: SandboxId;

  beforeAll(async () => {
    runtime = await startRealRuntime({ version, name: 'standalone' });
    cri = connectCri({ endpoint: runtime.endpoint, clock: systemClock });
    port = await freePort();
  }, 270_000);

  afterAll(async () => {
    cri?.close();
    await runtime?.stop();
  }, 270_000);

  it('is ready, of the release asked for, and has both images', async () => {
    const conditions = await cri.status();
    expect(conditions.filter(({ status }) => !status)).toEqual([]);
    if (version !== '1.6') expect((await cri.version()).runtimeVersion).toContain(version);
    expect(await cri.imageStatus(runtime.pauseImage)).toBeDefined();
    expect(await cri.imageStatus(runtime.httpImage)).toBeDefined();
  });

  it('runs a pod that answers on its host port, on 127.0.0.1 too', async () => {
    sandboxId = await runWebPod(cri, runtime, port);
    expect(await answer(port)).toContain('from pod web');
  });

  it('is restarted when it is killed, and pods do not notice', async () => {
    await runtime.restart();
    expect(await answer(port)).toContain('from pod web');
    expect((await cri.listSandboxes()).map(({ id }) => id)).toEqual([sandboxId]);
  });

  it('is found by the next start, with and without its record, and never joined by a second', async () => {
    const before = await containerdsOf(runtime);
    for (const forget of [false, true]) {
      if (forget) await rm(layoutOf(runtime.rootDir).recordFile);
      const again = await startPrivateContainerd(place(runtime));
      await again.close();
      expect(again).toMatchObject({ adopted: true, endpoint: runtime.endpoint, pid: before[0] });
    }
    expect(await containerdsOf(runtime)).toEqual(before);
  });

  it('ends containers promptly on SIGTERM', async () => {
    const containers = await cri.listContainers();
    for (const { id } of containers) await cri.stopContainer(id, 60);
    const ended = await Promise.all(containers.map(({ id }) => cri.containerStatus(id)));
    // 128 + SIGTERM: SIGKILL after the grace period would say 137.
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([143]);
  });

  it('leaves nothing behind when its pods are gone', async () => {
    await cri.stopSandbox(sandboxId);
    await cri.removeSandbox(sandboxId);
    expect(await leftoversOf(runtime)).not.toEqual([]);
    await runtime.stop();
    expect(await leftoversOf(runtime)).toEqual([]);
    expect(await stopPrivateContainerd(place(runtime))).toBe(false);
  });

  it('leaves nothing behind when a pod still runs and containerd was killed', async () => {
    const other = await startRealRuntime({ version, name: 'killed' });
    const otherCri = connectCri({ endpoint: other.endpoint, clock: systemClock });
    await runWebPod(otherCri, other, await freePort());
    otherCri.close();
    expect((await leftoversOf(other)).length).toBeGreaterThan(8);
    for (const pid of await containerdsOf(other)) process.kill(pid, 'SIGKILL');
    await other.stop();
    expect(await leftoversOf(other)).toEqual([]);
  });
});

function place({ rootDir, endpoint }: RealRuntime) {
  const socket = endpoint.replace('unix://', '');
  return { rootDir, socket, clock: systemClock, logger: silentLogger };
}

async function runWebPod(
  cri: ReturnType<typeof connectCri>,
  { logDir, httpImage }: RealRuntime,
  hostPort: number,
): Promise<SandboxId> {
  const sandboxConfig: PodSandboxConfig = {
    metadata: { name: 'web', namespace: 'default', uid: `web-${hostPort}`, attempt: 0 },
    hostname: 'web',
    log_directory: join(logDir, 'web'),
    port_mappings: [{ protocol: 'TCP', container_port: 8080, host_port: hostPort }],
    linux: {},
  };
  const sandboxId = await cri.runSandbox(sandboxConfig);
  const config = {
    metadata: { name: 'web', attempt: 0 },
    image: { image: httpImage },
    log_path: 'web/0.log',
    linux: { security_context: { namespace_options: { pid: 'CONTAINER' as const } } },
  };
  await cri.startContainer(await cri.createContainer({ sandboxId, config, sandboxConfig }));
  return sandboxId;
}

/** A container that was just started may not listen yet. */
function answer(port: number): Promise<string> {
  return eventually(() => httpText(`http://127.0.0.1:${port}/`));
}

async function containerdsOf({ rootDir }: RealRuntime): Promise<readonly number[]> {
  const { configFile } = layoutOf(rootDir);
  const found = (await listProcesses()).filter(({ args }) => args.includes(configFile));
  return found.map(({ pid }) => pid);
}

function leftoversOf({ rootDir, endpoint }: RealRuntime): Promise<readonly string[]> {
  return leftovers({ rootDir, socket: endpoint.replace('unix://', '') });
}
