import { objectAt, textAt } from '../base/index.ts';
import type { ObjectFiles } from './object-files.ts';
import type { NodeState } from './ports.ts';
import { objectKey } from './resource-kinds.ts';

/**
 * A daemon that was killed while a pod was being deleted may have left its file, which would bring the pod back when it is gone. What the
 * file says its uid is tells it from one that was written since.
 */
export async function finishDeletions(
  state: Pick<NodeState, 'pods'>,
  files: Pick<ObjectFiles, 'isOwn' | 'read' | 'remove'>,
): Promise<void> {
  for (const { namespace, name, uid, file, record } of state.pods()) {
    const key = objectKey('Pod', namespace, name);
    if (record?.deletionStartedAtMs === undefined || !files.isOwn(key, file)) continue;
    const left = await files.read(key);
    if (left !== undefined && textAt(objectAt(left, 'metadata'), 'uid') === uid) await files.remove(key);
  }
}
