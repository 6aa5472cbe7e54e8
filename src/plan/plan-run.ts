import {
  annotation,
  type Container,
  type ContainerId,
  everyContainer,
  type ObservedSandbox,
  type Pod,
  type UsedObjects,
} from '../pod/index.ts';
import {
  admit,
  configDigest,
  podLogDirectory,
  runtimeHandler,
  type SandboxIdentity,
  sandboxConfig,
} from '../podspec/index.ts';
import type { PodRecord, RestartingAll } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import type { Action, Plan } from './actions.ts';
import type { ContainerStep } from './container-step.ts';
import { standingFailure } from './failures.ts';
import { planContainer } from './plan-container.ts';
import { endOf, isToBeCleared, planEnded } from './plan-end.ts';
import { lookForImages } from './plan-images.ts';
import type { PlanInputFor } from './plan-input.ts';
import { isIncomplete, planPreparations } from './plan-preparations.ts';
import { beginRestartAll, planRestartAll } from './plan-restart-all.ts';
import { noteStarts, recordHooks } from './plan-starts.ts';
import { planStops, type Stop } from './plan-stops.ts';
import { versionInForce } from './plan-update.ts';
import { placeOf } from './surroundings.ts';
import { type Survey, survey } from './survey.ts';
import type { ConfigDigest, SurveyInput } from './survey-input.ts';

type RunInput = PlanInputFor<'run'>;

/** Why what has ended is thrown away while its pod goes on. */
const OUTLIVED = 'older than the one that is kept';

/** A pod that is wanted: the version that is in force, and what brings one nearer that is to follow it. */
export function planRun(input: RunInput): Plan {
  const version = versionInForce(input);
  const { target, record } = version;
  const plan = planVersion({ ...input, target, record });
  const isSaved = record === input.record || plan.actions.some(({ type }) => type === 'save-record');
  const wakesMs = [version.wakeAtMs, plan.wakeAtMs].filter((ms) => ms !== undefined);
  return {
    actions: [
      ...(isSaved || record === undefined ? [] : [{ type: 'save-record', record } as const]),
      ...version.actions,
      ...plan.actions,
    ],
    waits: [...plan.waits, ...version.waits],
    ...(wakesMs.length > 0 && { wakeAtMs: Math.min(...wakesMs) }),
  };
}

/**
 * Remove before add: as long as something runs that must not, only stops are planned. Each container takes one step a pass (image,
 * create, start, hook), in the order of the manifest (kubelet: SyncPod). What is on record is of this version.
 */
function planVersion(input: RunInput): Plan {
  const { pod } = input.target;
  if (input.record !== undefined && isToBeCleared(input)) return planEnded(input, input.record);
  const record = noteStarts(input, recordFor(input));
  if (isRestartingAll(record)) return planRestartAll(input, record);
  const facts = survey(pod, input.observed, surveyInput(input, record));
  const needsSandbox = facts.sandbox === undefined && !facts.finished;
  const end = facts.finished ? undefined : endOf(input, record);
  if (end?.ended !== undefined) {
    const plan = planEnded(input, end.ended === record.ended ? record : { ...record, ended: end.ended });
    return plan.actions.length > 0 ? plan : { ...plan, actions: collectRubbish(input, facts) };
  }

  const block = (needsSandbox ? input.target.blocked : undefined) ?? refusal(input, facts);
  if (block !== undefined) return { actions: followFile(input), waits: [block] };

  const restarting = beginRestartAll(input, record, facts);
  if (restarting !== undefined && isRestartingAll(restarting)) return planRestartAll(input, restarting);

  const wakeAt = end && { wakeAtMs: end.atMs };
  if (facts.strays.length > 0) {
    const graceSeconds = pod.spec.terminationGracePeriodSeconds;
    return { ...planStops(stopsOf(facts), { pod, record, graceSeconds }, input), ...wakeAt };
  }

  const next = facts.finished
    ? planFinished(input)
    : needsSandbox
      ? planSandbox(input, facts, record)
      : planContainers(input, facts, record);
  const work = [...saving(input, recordHooks(record, hooksIn(next))), ...next.actions];
  return {
    actions: isForRubbish(work) ? [...work, ...collectRubbish(input, facts)] : work,
    waits: next.waits,
    ...wakeAt,
  };
}

/**
 * What has to be done comes first: rubbish waits for a pass that has nothing else to do, or for one that starts a container. A pod whose
 * containers are ended again and again may have no other, and would keep them all.
 */
function isForRubbish(work: readonly Action[]): boolean {
  return work.length === 0 || work.some(({ type }) => type === 'start-container');
}

function saving(input: RunInput, record: PodRecord): Action[] {
  return record === input.record ? [] : [{ type: 'save-record', record }];
}

function isRestartingAll(record: PodRecord): record is PodRecord & { restartingAll: RestartingAll } {
  return record.restartingAll !== undefined;
}

function surveyInput(input: RunInput, record: PodRecord): SurveyInput {
  const { health, nowMs, crashLoopMaxMs: longestMs } = input;
  const hookEnd: SurveyInput['hookEnd'] = (id) => {
    const { state } = input.hook(id, 'postStart');
    return state === 'done' || state === 'failed' ? state : undefined;
  };
  return { record, health, hookEnd, digest: digestOf(input), nowMs, longestMs };
}

/** What is stopped for a fault of its own brings its reason along. */
function stopsOf({ strays, fates }: Survey): Stop[] {
  return strays.map((instance) => {
    const fate = fates.get(instance.name);
    return fate?.kind === 'stop' && fate.instance === instance ? { instance, ...fate.stop } : { instance };
  });
}

function hooksIn({ actions }: Plan): ContainerId[] {
  return actions.flatMap((action) => (action.type === 'begin-hook' ? action.hook.id : []));
}

/** Only pods that ask for it follow their ConfigMaps and Secrets by restarting, and only while all of them are there. */
function digestOf({ target: { pod, uses } }: RunInput): ConfigDigest | undefined {
  if (pod.metadata.annotations[annotation.restartOnConfigChange] !== 'true' || isIncomplete(pod, uses))
    return undefined;
  const known = digests.get(pod);
  const of = known?.uses === uses ? known.of : new Map<Container, string>();
  digests.set(pod, { uses, of });
  return (container) => {
    const digest = of.get(container) ?? configDigest({ pod, container }, uses);
    of.set(container, digest);
    return digest;
  };
}

/** Pods and objects are immutable: digests are taken once for each. */
const digests = new WeakMap<Pod, { readonly uses: UsedObjects; readonly of: Map<Container, string> }>();

/** Why nothing may be made or replaced: this machine or its runtime cannot do what the manifest asks. What runs already goes on. */
function refusal(input: RunInput, { fates, finished }: Survey): Wait | undefined {
  const isAtRest = finished || [...fates.values()].every(({ kind }) => kind === 'keep' || kind === 'done');
  return isAtRest ? undefined : admit(input.target.pod, placeOf(input, input.record));
}

/** The record as it should be: with this file, and without what is noted of containers that are gone. The old one if it is so. */
function recordFor(input: RunInput): PodRecord {
  const { target, record, observed, nowMs } = input;
  const { uid, pod, file } = target;
  if (record === undefined) {
    const { namespace, name } = pod.metadata;
    const users = pod.spec.hostUsers === false ? { usersBase: input.usersBase(uid) } : {};
    return { version: 1, uid, namespace, name, file, pod, createdAtMs: nowMs, ...users, stops: {} };
  }
  const present = new Set<string>(observed.containers.map(({ id }) => id));
  const isGone = (id: string): boolean => !present.has(id);
  const stale = Object.keys(record.stops).some(isGone) || Object.keys(record.starts ?? {}).some(isGone);
  if (!stale && record.file === file) return record;
  const stops = Object.fromEntries(Object.entries(record.stops).filter(([id]) => present.has(id)));
  const starts = Object.fromEntries(Object.entries(record.starts ?? {}).filter(([id]) => present.has(id)));
  const { starts: _, ...rest } = record;
  return { ...rest, file, pod, stops, ...(Object.keys(starts).length > 0 && { starts }) };
}

/** A blocked pod keeps its recorded version, which is what runs; only the file is kept up, since it proves that the pod is wanted. */
function followFile({ target: { file }, record }: RunInput): Action[] {
  return record === undefined || record.file === file
    ? []
    : [{ type: 'save-record', record: { ...record, file } }];
}

/** All containers have run to their end: the sandbox is given back, the dead containers stay as the memory of it. */
function planFinished({ observed }: RunInput): Plan {
  return {
    actions: observed.sandboxes.filter(isReady).map(stopSandbox),
    waits: [],
  };
}

function planSandbox(input: RunInput, facts: Survey, record: PodRecord): Plan {
  const { pod, uses } = input.target;
  const preparations = planPreparations(input, record);
  const { sandboxes } = input.observed;
  const images = lookForImages(input, facts);
  if (preparations.waits.length > 0)
    return { actions: [...images, ...sandboxes.filter(isReady).map(stopSandbox)], waits: preparations.waits };
  return {
    actions: [
      ...images,
      ...preparations.actions,
      // A dead sandbox may still hold addresses and host ports.
      ...sandboxes.map(stopSandbox),
      {
        type: 'run-sandbox',
        config: sandboxConfig(pod, identityOf(input, facts.nextSandboxAttempt), placeOf(input, record)),
        handler: runtimeHandler(pod, uses),
      },
    ],
    waits: [],
  };
}

function planContainers(input: RunInput, facts: Survey, record: PodRecord): Plan {
  const { sandbox, fates, active, ephemeral } = facts;
  const { pod } = input.target;
  const actions: Action[] = input.observed.sandboxes
    .filter((other) => other !== sandbox && isReady(other))
    .map(stopSandbox);
  const waits: Wait[] = [];
  if (sandbox === undefined) return { actions, waits };
  const preparations = planPreparations(input, record);
  actions.push(...preparations.actions);
  const place = placeOf(input, record);
  const sandboxMade = {
    sandbox,
    config: () => sandboxConfig(pod, identityOf(input, sandbox.attempt), place),
  };
  const stepOf = (container: Container): ContainerStep => {
    const fate = fates.get(container.name) ?? { kind: 'keep' };
    const missing = preparations.waits.find((wait) => wait.container === container.name);
    return fate.kind === 'create' && missing !== undefined
      ? { wait: missing }
      : planContainer(input, { container, fate, made: sandboxMade, place });
  };
  const noteWait = ({ name }: Container, { wait, ofPod }: ContainerStep): void => {
    if (wait !== undefined) waits.push({ ...(ofPod ? {} : { container: name }), ...wait });
  };
  // A container whose image is on its way keeps the later ones from overtaking it; one that failed does not.
  let held: ContainerStep['holds'];
  for (const container of active) {
    const step = stepOf(container);
    if (step.action !== undefined && !isHeld(step.action, held)) actions.push(step.action);
    noteWait(container, step);
    if (held !== 'everything') held = step.holds ?? held;
  }
  // These wait for none, and none waits for them.
  for (const container of ephemeral) {
    const step = stepOf(container);
    if (step.action !== undefined) actions.push(step.action);
    noteWait(container, step);
  }
  return { actions, waits };
}

function isHeld({ type }: Action, held: ContainerStep['holds']): boolean {
  if (held === undefined) return false;
  return type === 'create-container' || (held === 'everything' && type !== 'ensure-image');
}

/** Dead containers go one by one with their logs; an old sandbox goes when nothing is left in it. */
function collectRubbish(input: RunInput, { rubbish, sandbox }: Survey): Action[] {
  const refused = ['remove-container', 'remove-sandbox'].some((key) =>
    standingFailure(input.failures, key, input.nowMs),
  );
  if (refused) return [];
  const { uid, pod } = input.target;
  const directory = podLogDirectory(input.logDir, { ...pod.metadata, uid });
  const named = new Set(everyContainer(pod).map((container) => container.name));
  const containers = rubbish.map(
    ({ id, name, attempt }): Action => ({
      type: 'remove-container',
      id,
      container: name,
      attempt,
      why: named.has(name) ? OUTLIVED : 'not in the manifest any more',
      logs: { directory, container: name, attempt },
    }),
  );
  const inUse = new Set(input.observed.containers.map((container) => container.sandboxId));
  const empty = input.observed.sandboxes
    .slice(1)
    .filter((old) => old !== sandbox && !isReady(old) && !inUse.has(old.id));
  return [
    ...containers,
    ...empty.map(({ id, attempt }): Action => ({ type: 'remove-sandbox', id, attempt, why: OUTLIVED })),
  ];
}

function identityOf(input: RunInput, attempt: number): SandboxIdentity {
  return {
    uid: input.target.uid,
    owner: input.owner,
    attempt,
    file: input.target.file,
    logDir: input.logDir,
  };
}

function stopSandbox({ id }: ObservedSandbox): Action {
  return { type: 'stop-sandbox', id };
}

function isReady(sandbox: ObservedSandbox): boolean {
  return sandbox.state === 'ready';
}
