import type { Cri } from '../cri/index.ts';
import { asOwnerId, label, type OwnerId } from '../pod/index.ts';
import type { Ownership } from '../state/index.ts';

/** The ids of all tinylets whose pods are on the runtime and not ours, with those taken over before. Changes nothing. */
export async function adoptForeign(
  cri: Pick<Cri, 'listSandboxes'>,
  ownership: Ownership,
): Promise<readonly OwnerId[]> {
  const sandboxes = await cri.listSandboxes({ labels: { [label.tinylet]: 'true' } });
  const owners = new Set(sandboxes.map(({ labels }) => asOwnerId(labels[label.owner] ?? '')));
  owners.delete(ownership.id);
  return [...new Set([...ownership.adopted, ...owners])];
}
