import { isJsonObject, type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../../base/index.ts';
import { imageTrouble } from '../image-trouble.ts';

/** How far the one container of a run is. */
export type RunProgress =
  | { readonly state: 'running'; readonly containerId: string }
  | RunExit
  /** It will not come to run. */
  | { readonly state: 'failed'; readonly reason: string; readonly message: string }
  /** The pod is no longer the one that was made for the run. */
  | { readonly state: 'lost'; readonly message: string };

export interface RunExit {
  readonly state: 'exited';
  readonly containerId: string;
  readonly exitCode: number;
  /** Only where it says more than the code: OOMKilled, StartError. */
  readonly reason?: string;
  readonly message?: string;
}

/** Reasons of waiting that end a run: nobody is there to mend what they tell of. */
const FINAL = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'],
  ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PostStartHookError'],
];
/** What every exit is called that is nothing else. */
const PLAIN = ['Completed', 'Error'];

const DELETED = { state: 'lost', message: 'the pod of the run was deleted while it ran' } as const;

/** Undefined while it is on its way. Pure. */
export function runProgress(pod: JsonObject | undefined, uid: string): RunProgress | undefined {
  if (pod === undefined || textAt(pod.metadata, 'uid') !== uid) return DELETED;
  const status = objectAt(pod, 'status');
  const container = listAt(status, 'containerStatuses').find(isJsonObject);
  const { running, terminated, waiting } = objectAt(container, 'state');
  const isOver = ['Succeeded', 'Failed'].includes(textAt(status, 'phase'));
  if (isJsonObject(terminated) && isOver) return exitOf(terminated, status);
  if (textAt(pod.metadata, 'deletionTimestamp') !== '') return DELETED;
  if (isOver)
    return { state: 'failed', reason: textAt(status, 'reason') || 'Failed', message: messageIn(status) };
  if (isJsonObject(running)) return { state: 'running', containerId: idIn(container) };
  const reason = textAt(waiting, 'reason');
  if (!FINAL.includes(reason)) return undefined;
  return { state: 'failed', ...imageTrouble({ reason, message: messageIn(waiting) }) };
}

function exitOf(terminated: JsonObject, status: JsonObject): RunExit {
  const { exitCode } = terminated;
  // Of a pod that was ended as a whole the container only tells how.
  const reason = textAt(status, 'reason') || textAt(terminated, 'reason');
  const message = messageIn(terminated) || messageIn(status);
  return {
    state: 'exited',
    containerId: idIn(terminated),
    exitCode: typeof exitCode === 'number' ? exitCode : 0,
    ...(!PLAIN.includes(reason) && { reason }),
    ...(message !== '' && { message }),
  };
}

function messageIn(value: JsonValue | undefined): string {
  return textAt(value, 'message');
}

/** `containerd://<id>` without the runtime's name. */
function idIn(value: JsonValue | undefined): string {
  return textAt(value, 'containerID').replace(/^.*:\/\//, '');
}
