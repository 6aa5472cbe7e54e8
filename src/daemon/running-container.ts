import type { ContainerRef } from '../api/index.ts';
import { ApiFailure } from '../apimachinery/index.ts';
import type { Cri } from '../cri/index.ts';
import { type ContainerId, label, newestFirst } from '../pod/index.ts';

/** The instance of a container, of whatever kind, that the runtime says runs. Throws ApiFailure BadRequest where none does. */
export async function runningContainer(
  cri: Pick<Cri, 'listContainers'>,
  { podUid, container }: ContainerRef,
): Promise<ContainerId> {
  const labels = { [label.podUid]: podUid, [label.containerName]: container };
  const found = (await cri.listContainers({ labels })).filter(({ state }) => state === 'running');
  const [newest] = [...found].sort(newestFirst);
  if (newest !== undefined) return newest.id;
  throw new ApiFailure('BadRequest', `container not found (${JSON.stringify(container)})`);
}
