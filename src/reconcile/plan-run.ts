import type { ImageNeed } from '../images/index.ts';
import type { Container, ObservedSandbox, Pod } from '../pod/index.ts';
import { containerConfig, podLogDirectory, type SandboxIdentity, sandboxConfig } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Action, Plan, Wait } from './actions.ts';
import { containerFailureKey, standingFailure } from './failures.ts';
import type { PlanInputFor } from './plan-input.ts';
import { planStops } from './plan-stops.ts';
import { isBackingOff } from './restart.ts';
import { type Fate, type Survey, survey } from './survey.ts';

type RunInput = PlanInputFor<'run'>;

/**
 * A pod that is wanted. Remove before add: as long as something runs that must not, only stops are planned. Each container takes one
 * step a pass (image, create, start), in the order of the manifest (kubelet: SyncPod).
 */
export function planRun(input: RunInput): Plan {
  const { pod } = input.target;
  const facts = survey(pod, input.observed, input.record);
  const needsSandbox = facts.sandbox === undefined && !facts.finished;
  if (needsSandbox && input.target.blocked !== undefined)
    return { actions: followFile(input), waits: [input.target.blocked] };

  const record = recordFor(input);
  if (facts.strays.length > 0) {
    return planStops(facts.strays, {
      record,
      graceSeconds: pod.spec.terminationGracePeriodSeconds,
      nowMs: input.nowMs,
    });
  }

  const saving: Action[] = record === input.record ? [] : [{ type: 'save-record', record }];
  const next = facts.finished
    ? planFinished(input)
    : needsSandbox
      ? planSandbox(input, facts)
      : planContainers(input, facts);
  // What has to be done comes first: rubbish waits for a pass that has nothing else to do.
  const work = [...saving, ...next.actions];
  return { actions: work.length > 0 ? work : collectRubbish(input, facts), waits: next.waits };
}

/** The record as it should be: this version of the manifest, and no stops of containers that are gone. The old one if it is so. */
function recordFor({ target, record, observed, nowMs }: RunInput): PodRecord {
  const { uid, pod, file } = target;
  const { namespace, name } = pod.metadata;
  if (record === undefined)
    return { version: 1, uid, namespace, name, file, pod, createdAtMs: nowMs, stops: {} };
  const present = new Set<string>(observed.containers.map(({ id }) => id));
  const stale = Object.keys(record.stops).some((id) => !present.has(id));
  if (!stale && record.file === file && samePod(record.pod, pod)) return record;
  return {
    ...record,
    file,
    pod,
    stops: Object.fromEntries(Object.entries(record.stops).filter(([id]) => present.has(id))),
  };
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
    actions: observed.sandboxes.filter(isReady).map(({ id }) => ({ type: 'stop-sandbox', id })),
    waits: [],
  };
}

function planSandbox(input: RunInput, facts: Survey): Plan {
  const images = input.target.pod.spec.containers.flatMap((container) => {
    const fate = facts.fates.get(container.name);
    return fate?.kind === 'create' ? lookForImage(input, container, fate) : [];
  });
  const identity = identityOf(input, facts.nextSandboxAttempt);
  return {
    actions: [
      ...images,
      // A dead sandbox may still hold addresses and host ports.
      ...input.observed.sandboxes.map((sandbox): Action => ({ type: 'stop-sandbox', id: sandbox.id })),
      { type: 'run-sandbox', config: sandboxConfig(input.target.pod, identity) },
    ],
    waits: [],
  };
}

function lookForImage(input: RunInput, container: Container, fate: { attempt: number }): Action[] {
  const need = imageNeed(input, container, fate.attempt);
  return input.image(need).state === 'unknown' ? [{ type: 'ensure-image', need }] : [];
}

function planContainers(input: RunInput, { sandbox, fates }: Survey): Plan {
  const actions: Action[] = input.observed.sandboxes
    .filter((other) => other !== sandbox && isReady(other))
    .map(({ id }) => ({ type: 'stop-sandbox', id }));
  const waits: Wait[] = [];
  if (sandbox === undefined) return { actions, waits };
  // A container whose image is on its way keeps the later ones from overtaking it; one that failed does not.
  let held = false;
  for (const container of input.target.pod.spec.containers) {
    const fate = fates.get(container.name) ?? { kind: 'keep' };
    const step = planContainer(input, { container, fate, sandbox });
    if (step.action !== undefined && !(held && step.action.type === 'create-container'))
      actions.push(step.action);
    if (step.wait !== undefined) waits.push({ container: container.name, ...step.wait });
    held ||= step.holds === true;
  }
  return { actions, waits };
}

interface ContainerStep {
  readonly action?: Action;
  readonly wait?: Wait;
  readonly holds?: boolean;
}

function planContainer(
  input: RunInput,
  subject: { container: Container; fate: Fate; sandbox: ObservedSandbox },
): ContainerStep {
  const { container, fate } = subject;
  if (fate.kind !== 'start' && fate.kind !== 'create') return {};
  if (fate.kind === 'create' && isBackingOff(fate.atMs, input.nowMs))
    return { wait: crashLoop(container, input, fate.atMs) };
  const failure = standingFailure(input.failures, containerFailureKey(container.name), input.nowMs);
  if (failure !== undefined) return { wait: failure };
  if (fate.kind === 'start')
    return { action: { type: 'start-container', id: fate.instance.id, container: container.name } };
  const need = imageNeed(input, container, fate.attempt);
  const image = input.image(need);
  switch (image.state) {
    case 'unknown':
      return { action: { type: 'ensure-image', need }, holds: true };
    case 'pulling':
      return {
        wait: { reason: 'ContainerCreating', message: `Pulling image "${container.image}"` },
        holds: true,
      };
    case 'failed':
      return { wait: { reason: image.reason, message: image.message, untilMs: image.untilMs } };
    case 'ready':
      return {
        action: createContainer(input, { ...subject, need, imageId: image.imageId, step: fate.step }),
      };
  }
}

function createContainer(
  input: RunInput,
  made: { container: Container; sandbox: ObservedSandbox; need: ImageNeed; imageId: string; step: number },
): Action {
  const { uid, pod } = input.target;
  return {
    type: 'create-container',
    need: made.need,
    sandboxId: made.sandbox.id,
    config: containerConfig(pod, made.container, {
      uid,
      owner: input.owner,
      attempt: made.need.attempt,
      backoffStep: made.step,
      imageId: made.imageId,
    }),
    sandboxConfig: sandboxConfig(pod, identityOf(input, made.sandbox.attempt)),
  };
}

/** The kubelet's words (kubelet: doBackOff). */
function crashLoop(container: Container, { target, nowMs }: RunInput, untilMs: number): Wait {
  const { name, namespace } = target.pod.metadata;
  const seconds = Math.ceil((untilMs - nowMs) / 1000);
  const pod = `${name}_${namespace}(${target.uid})`;
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${seconds}s restarting failed container=${container.name} pod=${pod}`,
    untilMs,
  };
}

/** Dead containers go one by one with their logs; an old sandbox goes when nothing is left in it. */
function collectRubbish(input: RunInput, { rubbish, sandbox }: Survey): Action[] {
  const refused = ['remove-container', 'remove-sandbox'].some((key) =>
    standingFailure(input.failures, key, input.nowMs),
  );
  if (refused) return [];
  const { uid, pod } = input.target;
  const directory = podLogDirectory(input.logDir, { ...pod.metadata, uid });
  const containers = rubbish.map(
    ({ id, name, attempt }): Action => ({
      type: 'remove-container',
      id,
      logs: { directory, container: name, attempt },
    }),
  );
  const inUse = new Set(input.observed.containers.map((container) => container.sandboxId));
  const empty = input.observed.sandboxes
    .slice(1)
    .filter((old) => old !== sandbox && !isReady(old) && !inUse.has(old.id));
  return [...containers, ...empty.map(({ id }): Action => ({ type: 'remove-sandbox', id }))];
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

function imageNeed(input: RunInput, container: Container, attempt: number): ImageNeed {
  const { name, image, imagePullPolicy } = container;
  return { uid: input.target.uid, container: name, attempt, image, policy: imagePullPolicy };
}

function isReady(sandbox: ObservedSandbox): boolean {
  return sandbox.state === 'ready';
}

const texts = new WeakMap<Pod, string>();

/** Equal in content. Pods are immutable and come in one shape, so their text decides; it is made once for each. */
function samePod(a: Pod, b: Pod): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(pod: Pod): string {
  const known = texts.get(pod) ?? JSON.stringify(pod);
  texts.set(pod, known);
  return known;
}
