import type { HookRun } from '../lifecycle/index.ts';
import type { Action } from '../plan/index.ts';
import {
  annotation,
  containerHashMatches,
  listOf,
  type ObservedContainer,
  type Pod,
  type PodEvent,
  type PodObservation,
  type PodUid,
  restartPolicyOf,
} from '../pod/index.ts';
import type { PodRecord, StopRecord } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import { eventsOfVersion } from './version-events.ts';

/** The pod that something happens to. */
export interface EventSubject {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  /** The version in force; undefined where it is lost. */
  readonly pod: Pod | undefined;
}

/** How an action stands. What fails was begun before. */
export type ActionStage =
  | { readonly stage: 'begun' | 'done' }
  | { readonly stage: 'failed'; readonly reason: string; readonly message: string };

/** What was known when the action's plan was made. */
export interface ActionContext {
  readonly record: PodRecord | undefined;
  readonly observed: PodObservation;
}

/** What is told of an action of a plan, with the kubelet's reasons and words. Pure. */
export function eventsOfAction(
  subject: EventSubject,
  action: Action,
  stage: ActionStage,
  context: ActionContext,
): readonly PodEvent[] {
  if (stage.stage === 'failed') return [failureOf(subject, action, stage)];
  switch (action.type) {
    case 'save-record':
      return stage.stage === 'done' ? eventsOfRecord(subject, action.record, context) : [];
    case 'run-sandbox': {
      const isAnother = (action.config.metadata?.attempt ?? 0) > 0;
      if (stage.stage !== 'begun' || !isAnother) return [];
      const message = 'Pod sandbox changed, it will be killed and re-created.';
      return [{ ...about(subject), type: 'Normal', reason: 'SandboxChanged', message }];
    }
    case 'create-container':
      return stage.stage === 'done'
        ? [normal(subject, action.need.container, 'Created', 'Container created')]
        : [];
    case 'start-container':
      return stage.stage === 'done'
        ? [normal(subject, action.container, 'Started', 'Container started')]
        : [];
    default:
      return [];
  }
}

function failureOf(
  subject: EventSubject,
  action: Action,
  { reason, message }: { readonly reason: string; readonly message: string },
): PodEvent {
  const ofPod = (of: string, words: string): PodEvent => ({
    ...about(subject),
    type: 'Warning',
    reason: of,
    message: words,
  });
  switch (action.type) {
    case 'create-container':
      return {
        ...about(subject, action.need.container),
        type: 'Warning',
        reason: 'Failed',
        message: `Error: ${message}`,
      };
    case 'start-container':
      return {
        ...about(subject, action.container),
        type: 'Warning',
        reason: 'Failed',
        message: `Error: ${message}`,
      };
    case 'run-sandbox':
      return ofPod(reason, `Failed to create pod sandbox: ${message}`);
    case 'set-up-volumes':
      return ofPod(reason, message);
    case 'set-up-cgroup':
      return ofPod(reason, `unable to ensure pod container exists: ${message}`);
    case 'begin-stop':
    case 'stop-sandbox':
    case 'remove-sandbox':
    case 'tear-down-volumes':
    case 'remove-cgroup':
      return ofPod(reason, `error killing pod: ${message}`);
    default:
      return ofPod('FailedSync', `Error syncing pod, skipping: ${message}`);
  }
}

/**
 * What a record says for the first time: another version, a stop that begins, the end of the pod. Since it is on record only once, a daemon that comes
 * back does not tell it again.
 */
function eventsOfRecord(
  subject: EventSubject,
  record: PodRecord,
  { record: before, observed }: ActionContext,
): readonly PodEvent[] {
  const stops = observed.containers.flatMap((container) => {
    const stop = record.stops[container.id];
    if (stop === undefined || before?.stops[container.id] !== undefined) return [];
    return normal(subject, container.name, 'Killing', wordsOfStop(container, stop, record));
  });
  const version = eventsOfVersion(before, record).map((event) => ({ ...about(subject), ...event }));
  const isEnd = record.ended !== undefined && before?.ended === undefined;
  return [...version, ...(isEnd ? [endOf(subject, record.ended)] : []), ...stops];
}

function endOf(subject: EventSubject, { reason, message }: NonNullable<PodRecord['ended']>): PodEvent {
  const type = reason === 'Evicted' ? 'Warning' : 'Normal';
  return { ...about(subject), type, reason, message: message.trim() };
}

/** (kubelet: computePodActions, killContainer) */
function wordsOfStop(
  { name, annotations }: ObservedContainer,
  { cause }: StopRecord,
  record: PodRecord,
): string {
  const { pod, ended, deletionStartedAtMs } = record;
  const container = containerNamed(name, pod);
  switch (cause) {
    case 'liveness':
    case 'startup': {
      const restarts = container !== undefined && restartPolicyOf(container, pod) !== 'Never';
      return `Container ${name} failed ${cause} probe${restarts ? ', will be restarted' : ''}`;
    }
    case 'postStart':
      return 'FailedPostStartHook';
    case 'unknown':
      return container !== undefined && restartPolicyOf(container, pod) !== 'Never'
        ? 'Init container is in "unknown" state, try killing it before restart'
        : `Stopping container ${name}`;
    case 'restartAll':
    case 'shutdown':
      return `Stopping container ${name}`;
    default:
      break;
  }
  const isEdit = container !== undefined && ended === undefined && deletionStartedAtMs === undefined;
  const isOther = isEdit && !containerHashMatches(annotations[annotation.containerHash], container, pod);
  return isOther ? `Container ${name} definition changed, will be restarted` : `Stopping container ${name}`;
}

/** What is told of waits that were not there in the plan before. Failed actions and images tell of themselves. */
export function eventsOfWaits(
  subject: EventSubject,
  before: readonly Wait[],
  now: readonly Wait[],
): readonly PodEvent[] {
  return now
    .filter((wait) => !before.some((other) => isSameWait(wait, other)))
    .flatMap((wait) => eventOfWait(subject, wait));
}

/** A back-off that is as long as the last one is another all the same. */
function isSameWait(a: Wait, b: Wait): boolean {
  if (a.container !== b.container || a.reason !== b.reason) return false;
  return a.reason === 'CrashLoopBackOff' ? a.untilMs === b.untilMs : a.message === b.message;
}

/** Why a pod as a whole does not begin, where nothing was tried (kubelet: pod admission). */
const ADMISSION = new Set([
  'AppArmor',
  'HostPortConflict',
  'PodNameInUse',
  'RuntimeUnsupported',
  'SysctlForbidden',
]);

function eventOfWait(subject: EventSubject, { container, reason, message }: Wait): readonly PodEvent[] {
  const { uid, namespace, name } = subject;
  const type = 'Warning';
  if (container === undefined) {
    if (reason === 'StartAfter') return [{ ...about(subject), type: 'Normal', reason, message }];
    const isAdmission = ADMISSION.has(reason) || reason.startsWith('OutOf');
    return isAdmission ? [{ ...about(subject), type, reason, message }] : [];
  }
  if (reason === 'CrashLoopBackOff') {
    const words = `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${uid})`;
    return [{ ...about(subject, container), type, reason: 'BackOff', message: words }];
  }
  return reason === 'CreateContainerConfigError'
    ? [{ ...about(subject, container), type, reason: 'Failed', message: `Error: ${message}` }]
    : [];
}

/** What is told of a hook that failed. What it answered may hold what is nobody's business (kubelet: startContainer). */
export function eventOfFailedHook(
  subject: EventSubject,
  { container, hook }: Pick<HookRun, 'container' | 'hook'>,
): PodEvent {
  const [reason, message] =
    hook === 'postStart'
      ? (['FailedPostStartHook', 'PostStartHook failed'] as const)
      : (['FailedPreStopHook', 'PreStopHook failed'] as const);
  return { ...about(subject, container), type: 'Warning', reason, message };
}

function normal(subject: EventSubject, container: string, reason: string, message: string): PodEvent {
  return { ...about(subject, container), type: 'Normal', reason, message };
}

function about(
  { uid, namespace, name, pod }: EventSubject,
  container?: string,
): Pick<PodEvent, 'uid' | 'namespace' | 'name' | 'fieldPath'> {
  return { uid, namespace, name, ...(container !== undefined && { fieldPath: fieldPathOf(container, pod) }) };
}

/** Where the container stands in the manifest (core/v1: ObjectReference.fieldPath). */
export function fieldPathOf(container: string, pod: Pod | undefined): string {
  return `spec.${pod === undefined ? 'containers' : listOf(container, pod)}{${container}}`;
}

function containerNamed(name: string, { spec }: Pod) {
  return [...(spec.initContainers ?? []), ...spec.containers].find((each) => each.name === name);
}
