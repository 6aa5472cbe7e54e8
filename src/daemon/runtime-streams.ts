import type { RuntimeStreams } from '../api/index.ts';
import { ApiFailure } from '../apimachinery/index.ts';
import type { Cri } from '../cri/index.ts';
import { label, newestFirst, type SandboxId } from '../pod/index.ts';
import { runningContainer } from './running-container.ts';

/** What of the runtime streams need. */
export type StreamingCri = Pick<Cri, 'listContainers' | 'listSandboxes' | 'exec' | 'attach' | 'portForward'>;

/**
 * Streams of what runs. The runtime itself is asked what that is: what was last seen may have been restarted since, and a client
 * that was just told that its container runs must find it.
 */
export function runtimeStreams(cri: StreamingCri): RuntimeStreams {
  return {
    exec: async (container, how) => cri.exec(await runningContainer(cri, container), how),
    attach: async (container, how) => cri.attach(await runningContainer(cri, container), how),
    portForward: async (podUid) => cri.portForward(await ready(cri, podUid)),
  };
}

async function ready(cri: StreamingCri, podUid: string): Promise<SandboxId> {
  const sandboxes = await cri.listSandboxes({ labels: { [label.podUid]: podUid } });
  const [newest] = sandboxes.filter(({ state }) => state === 'ready').sort(newestFirst);
  if (newest !== undefined) return newest.id;
  throw new ApiFailure('BadRequest', 'unable to forward port because pod is not running');
}
