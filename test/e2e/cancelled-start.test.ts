import { expect } from 'vitest';
import { sleep, systemClock } from '../../src/base/index.ts';
import type { PodSandboxConfig } from '../../src/cri/index.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('cancelled');

/** A daemon that is killed cancels its calls. Of sixteen starts cut off at these times a few are lost by containerd 1.6. */
const CUT_OFF_AFTER_MS = Array.from({ length: 16 }, (_, index) => 15 * index);

onContainerd('a container whose start was cut off can be removed', async () => {
  const { cri, runtime } = world;
  const metadata = { name: 's', namespace: 'n', uid: 'u', attempt: 0 };
  const sandboxConfig: PodSandboxConfig = { metadata, log_directory: runtime.logDir, linux: {} };
  const sandboxId = await cri.runSandbox(sandboxConfig);
  await Promise.all(
    CUT_OFF_AFTER_MS.map(async (delayMs) => {
      const name = `after-${delayMs}`;
      const config = {
        metadata: { name, attempt: 0 },
        image: { image: HTTP_IMAGE },
        log_path: `${name}.log`,
        linux: { security_context: { namespace_options: { pid: 'CONTAINER' as const } } },
      };
      const id = await cri.createContainer({ sandboxId, config, sandboxConfig });
      const ending = new AbortController();
      const started = cri.startContainer(id, { signal: ending.signal }).catch(() => undefined);
      await sleep(systemClock, delayMs);
      ending.abort();
      await started;
      await eventually(async () => {
        await cri.stopContainer(id, 0);
        await cri.removeContainer(id);
      });
    }),
  );
  expect(await cri.listContainers()).toEqual([]);
  await cri.stopSandbox(sandboxId);
  await cri.removeSandbox(sandboxId);
});
