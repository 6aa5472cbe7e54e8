import { isJsonObject, type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../../base/index.ts';
import type { PodReport } from '../../status/index.ts';
import { imageTrouble } from '../image-trouble.ts';

/** How far a pod has come. */
export type PodStart =
  /** Every container runs, or has come to its end as it should. Ids without the runtime's name, in the order of the manifest. */
  | { readonly state: 'started'; readonly containers: readonly StartedContainer[] }
  | {
      readonly state: 'failed';
      readonly container?: string;
      readonly reason: string;
      readonly message: string;
    }
  | { readonly state: 'waiting'; readonly reasons: readonly string[] };

export interface StartedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: JsonObject;
}

/** Reasons of waiting that somebody has to mend. */
const FINAL = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'],
  ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PostStartHookError'],
  ...['CrashLoopBackOff', 'RolledBack'],
];
/** Ends of containers that never ran. */
const NEVER_RAN = ['StartError', 'ContainerCannotRun'];

/** Pure. `waiting` is what the node tells of the pod beside its status. */
export function podStart(pod: JsonObject, waiting: PodReport['waiting']): PodStart {
  const status = objectAt(pod, 'status');
  const final = waiting.find(({ reason }) => FINAL.includes(reason));
  if (final !== undefined) return failedOf(final, status);
  const phase = textAt(status, 'phase');
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const containers = listAt(objectAt(pod, 'spec'), 'containers').map((each) => textAt(each, 'name'));
  const statuses = containers.map((name) => statusIn(status, name));
  const broken = statuses.find((each) => NEVER_RAN.includes(reasonOf(each)));
  if (broken !== undefined && isOver) return ofEnd(broken);
  if (statuses.every((each) => each !== undefined && hasStarted(each, isOver, pod)))
    return { state: 'started', containers: statuses.flatMap((each) => (each ? [startedOf(each)] : [])) };
  if (isOver) return failedAsWhole(status);
  const reasons = waiting.map(({ reason, message }) => (message === '' ? reason : `${reason}: ${message}`));
  return { state: 'waiting', reasons };
}

/** Of what keeps ending, how the last instance ended says more. */
function failedOf(
  { container, reason, message }: PodReport['waiting'][number],
  status: JsonObject,
): PodStart {
  const of = container !== undefined && { container };
  const last = objectAt(objectAt(statusIn(status, container ?? ''), 'lastState'), 'terminated');
  if (reason === 'CrashLoopBackOff' && last.exitCode !== undefined)
    return { state: 'failed', ...of, reason, message: `${endWords(last)}; ${message}` };
  return { state: 'failed', ...of, ...imageTrouble({ reason, message }) };
}

function ofEnd(status: JsonObject): PodStart {
  const terminated = objectAt(objectAt(status, 'state'), 'terminated');
  const container = textAt(status, 'name');
  return {
    state: 'failed',
    container,
    reason: textAt(terminated, 'reason'),
    message: textAt(terminated, 'message'),
  };
}

/** It ended before all of its containers had begun. */
function failedAsWhole(status: JsonObject): PodStart {
  const init = listAt(status, 'initContainerStatuses')
    .filter(isJsonObject)
    .find((each) => exitCodeOf(each) !== undefined && exitCodeOf(each) !== 0);
  if (init === undefined) {
    const reason = textAt(status, 'reason') || 'Failed';
    return { state: 'failed', reason, message: textAt(status, 'message') || 'the pod has ended' };
  }
  const terminated = objectAt(objectAt(init, 'state'), 'terminated');
  const reason = textAt(terminated, 'reason') || 'Error';
  return { state: 'failed', container: textAt(init, 'name'), reason, message: endWords(terminated) };
}

function endWords(terminated: JsonObject): string {
  const { exitCode } = terminated;
  const [reason, message] = [textAt(terminated, 'reason'), textAt(terminated, 'message')];
  return [`it ended with ${exitCode}`, reason, message].filter((word) => word !== '').join(': ');
}

/** An end counts where nothing is to follow it. */
function hasStarted(status: JsonObject, isOver: boolean, pod: JsonObject): boolean {
  if (textAt(status, 'containerID') === '') return false;
  const { running } = objectAt(status, 'state');
  if (isJsonObject(running)) return true;
  const exitCode = exitCodeOf(status);
  const policy = textAt(objectAt(pod, 'spec'), 'restartPolicy');
  return (
    exitCode !== undefined && (isOver || policy === 'Never' || (policy === 'OnFailure' && exitCode === 0))
  );
}

function startedOf(status: JsonObject): StartedContainer {
  const id = textAt(status, 'containerID').replace(/^.*:\/\//, '');
  return {
    id,
    name: textAt(status, 'name'),
    image: textAt(status, 'image'),
    state: objectAt(status, 'state'),
  };
}

function statusIn(status: JsonObject, name: string): JsonObject | undefined {
  return [...listAt(status, 'containerStatuses'), ...listAt(status, 'initContainerStatuses')]
    .filter(isJsonObject)
    .find((each) => textAt(each, 'name') === name);
}

function reasonOf(status: JsonValue | undefined): string {
  return textAt(objectAt(objectAt(status, 'state'), 'terminated'), 'reason');
}

function exitCodeOf(status: JsonValue): number | undefined {
  const { exitCode } = objectAt(objectAt(status, 'state'), 'terminated');
  return typeof exitCode === 'number' ? exitCode : undefined;
}
