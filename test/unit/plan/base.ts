/** The base pod, its converged observation, and the plan of it; a test changes one thing and asserts the whole plan. */
import type { ContainerConfig, PodSandboxConfig } from '../../../src/cri/index.ts';
import type { ImageNeed, ImageState } from '../../../src/images/index.ts';
import type { Action } from '../../../src/plan/actions.ts';
import { type Plan, type PlanInput, planPod } from '../../../src/plan/index.ts';
import type { Surroundings } from '../../../src/plan/plan-input.ts';
import {
  asContainerId,
  asOwnerId,
  asPodUid,
  asSandboxId,
  type Container,
  type ContainerDetails,
  type ContainerId,
  everyContainer,
  listOf,
  newestFirst,
  noObjects,
  type ObservedContainer,
  type ObservedSandbox,
  type Pod,
  type PodCgroup,
  type PodMetadata,
  type PodObservation,
  type PodSpec,
  podKey,
  type UsedObjects,
} from '../../../src/pod/index.ts';
import {
  containerConfig,
  hostsFile,
  type Place,
  resolveEnv,
  runtimeHandler,
  sandboxConfig,
} from '../../../src/podspec/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import type { Target } from '../../../src/targets/index.ts';
import type { Wait } from '../../../src/targets/wait.ts';
import { type ContainerFiles, containerMounts, type VolumesRequest } from '../../../src/volumes/index.ts';
import { nodeFacts, runtimeFacts } from '../../fakes/facts.ts';

export const uid = asPodUid('11111111-aaaa-4bbb-8ccc-222222222222');
export const owner = asOwnerId('owner-1');
export const file = '/m/web.yaml';
export const logDir = '/logs';
export const rootDir = '/root-dir';
export const surroundings: Surroundings = { node: nodeFacts(), runtime: runtimeFacts() };
const podIPs = ['10.0.0.7'];
export const logDirectory = `/logs/default_web_${uid}`;
/** The moment of every plan; the base containers started a minute earlier. */
export const nowMs = Date.UTC(2026, 0, 2, 12, 0, 0);
export const imageId = 'sha256:image';

export function makeContainer(name: string, changes: Partial<Container> = {}): Container {
  return {
    name,
    image: `${name}:1`,
    command: [],
    args: [],
    env: [],
    ports: [],
    imagePullPolicy: 'IfNotPresent',
    ...changes,
  };
}

interface PodChanges {
  readonly metadata?: Partial<PodMetadata>;
  readonly spec?: Partial<PodSpec>;
  /** Changes of the container `app`. */
  readonly app?: Partial<Container>;
}

/** Pod `web` with the containers `app` and `log`. */
export function makePod({ metadata, spec, app }: PodChanges = {}): Pod {
  return {
    metadata: { name: 'web', namespace: 'default', labels: {}, annotations: {}, ...metadata },
    spec: {
      containers: [makeContainer('app', app), makeContainer('log')],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      ...spec,
    },
  };
}

export const pod = makePod();

export function makeRecord(changes: Partial<PodRecord> = {}): PodRecord {
  const of = changes.pod ?? pod;
  const { namespace, name } = of.metadata;
  return {
    version: 1,
    uid,
    namespace,
    name,
    file,
    pod: of,
    createdAtMs: nowMs - 60_000,
    stops: {},
    ...changes,
  };
}

/** What a pod is made from beside its manifest, where it is not as in the base case. */
export interface Circumstances {
  readonly uses?: UsedObjects;
  readonly surroundings?: Surroundings;
  readonly usersBase?: number;
  readonly envFiles?: ReadonlyMap<string, string>;
  /** Images of its image volumes. */
  readonly images?: ReadonlyMap<string, { readonly imageId: string }>;
  readonly configHash?: string;
}

function placeOf({ uses = noObjects, usersBase, ...given }: Circumstances): Place {
  const { node, runtime } = given.surroundings ?? surroundings;
  return { node, runtime, uses, ...(usersBase !== undefined && { usersBase }) };
}

/** The config of the sandbox `sb-<attempt>`. */
export function sandboxConfigOf(of: Pod, attempt: number, given: Circumstances = {}): PodSandboxConfig {
  return sandboxConfig(of, { uid, owner, attempt, file, logDir }, placeOf(given));
}

/** The sandbox `sb-<attempt>` of a pod, ready unless told otherwise. */
export function makeSandbox(changes: Partial<ObservedSandbox> = {}, of: Pod = pod): ObservedSandbox {
  const attempt = changes.attempt ?? 0;
  const { labels = {}, annotations = {} } = sandboxConfigOf(of, attempt);
  return {
    id: asSandboxId(`sb-${attempt}`),
    name: of.metadata.name,
    namespace: of.metadata.namespace,
    uid,
    attempt,
    state: 'ready',
    createdAtMs: nowMs - 60_000 + attempt,
    labels,
    annotations,
    ...changes,
  };
}

type InstanceChanges = Partial<ObservedContainer> & { readonly step?: number; readonly configHash?: string };

/** The container `<name>-<attempt>` of a pod in sandbox `sb-0`, running unless told otherwise. */
export function makeInstance(
  name: string,
  { step = 0, configHash, ...changes }: InstanceChanges = {},
  of = pod,
): ObservedContainer {
  const attempt = changes.attempt ?? 0;
  const container = containerOf(name, of);
  const identity = {
    uid,
    owner,
    attempt,
    backoffStep: step,
    ...(configHash !== undefined && { configHash }),
  };
  const parts = { variables: new Map<string, string>(), image: { imageId }, mounts: [], devices: [] };
  const { labels = {}, annotations = {} } = containerConfig(
    { pod: of, container },
    identity,
    parts,
    placeOf({}),
  );
  return {
    id: asContainerId(`${name}-${attempt}`),
    sandboxId: asSandboxId('sb-0'),
    name,
    attempt,
    state: 'running',
    createdAtMs: nowMs - 60_000,
    image: imageId,
    imageRef: imageId,
    labels,
    annotations,
    ...changes,
  };
}

export function detailsOf(changes: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    startedAtMs: nowMs - 60_000,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    imageRef: imageId,
    logPath: '',
    ...changes,
  };
}

/** Exited a second ago after a run of 59 seconds. */
export const exitedJustNow = detailsOf({ finishedAtMs: nowMs - 1_000, exitCode: 1, reason: 'Error' });

interface Seen {
  readonly sandboxes?: readonly ObservedSandbox[];
  readonly containers?: readonly ObservedContainer[];
  /** Details other than "running for a minute" and "exited a second ago". */
  readonly details?: Readonly<Record<string, ContainerDetails>>;
  readonly ips?: Readonly<Record<string, readonly string[]>>;
  readonly nextAttempts?: Readonly<Record<string, number>>;
  readonly envFiles?: ReadonlyMap<string, string>;
  /** Bytes by volume. */
  readonly usage?: Readonly<Record<string, number>>;
}

/** By default the base pod as it should be: its sandbox with an address, both containers running. */
export function observe(seen: Seen = {}): PodObservation {
  const sandboxes = seen.sandboxes ?? [makeSandbox()];
  const containers = seen.containers ?? [makeInstance('app'), makeInstance('log')];
  const told = containers.filter(({ state }) => state === 'running' || state === 'exited');
  return {
    sandboxes: [...sandboxes].sort(newestFirst),
    containers: [...containers].sort(newestFirst),
    containerDetails: new Map<ContainerId, ContainerDetails>(
      told.map(({ id, state }) => [
        id,
        seen.details?.[id] ?? (state === 'exited' ? exitedJustNow : detailsOf()),
      ]),
    ),
    sandboxDetails: new Map(sandboxes.map(({ id }) => [id, { ips: seen.ips?.[id] ?? podIPs }])),
    nextAttempts: new Map(Object.entries(seen.nextAttempts ?? {})),
    envFiles: seen.envFiles ?? new Map(),
    volumeUsage: new Map(Object.entries(seen.usage ?? {})),
  };
}

type RunTarget = Extract<Target, { kind: 'run' }>;

export function runTarget(of: Pod, changes: Partial<RunTarget> = {}): RunTarget {
  return { kind: 'run', uid, pod: of, file, stale: false, uses: noObjects, ...changes };
}

export const removeTarget: Extract<Target, { kind: 'remove' }> = {
  kind: 'remove',
  uid,
  key: podKey(pod.metadata),
  file,
};

export const ready: ImageState = { state: 'ready', imageId };

/** The lowest block of ids that is not the machine's own. */
export const usersBase = 65_536;

/** Plans the base case with some things changed. */
export function planOf(changes: Partial<PlanInput> = {}): Plan {
  return planPod({
    target: runTarget(pod),
    record: makeRecord(),
    observed: observe(),
    prepared: {},
    image: () => ready,
    failures: new Map(),
    health: new Map(),
    hook: () => ({ state: 'none' }),
    isStopping: () => false,
    crashLoopMaxMs: 300_000,
    nowMs,
    surroundings,
    usersBase: () => usersBase,
    owner,
    logDir,
    rootDir,
    ...changes,
  });
}

/** Plans for a pod that is recorded as it is wanted. */
export function planFor(of: Pod, observed: PodObservation, changes: Partial<PlanInput> = {}): Plan {
  return planOf({ target: runTarget(of), record: makeRecord({ pod: of }), observed, ...changes });
}

function containerOf(name: string, of: Pod): Container {
  return everyContainer(of).find((each) => each.name === name) ?? makeContainer(name);
}

interface Making extends Circumstances {
  readonly attempt?: number;
  readonly step?: number;
  /** The attempt of the sandbox it is made in. */
  readonly sandbox?: number;
  /** The container whose processes it sees. */
  readonly processesOf?: string;
}

/** What an instance is made from, as the rooms that translate it say; their own tests say whether they are right. */
function makingOf(
  name: string,
  made: Making,
  of: Pod,
): { readonly config: ContainerConfig; readonly files: ContainerFiles } {
  const { attempt = 0, step = 0, uses = noObjects, envFiles = new Map(), images = new Map() } = made;
  const container = containerOf(name, of);
  const place = placeOf(made);
  const facts = { uid, podIPs: of.spec.hostNetwork ? place.node.hostIPs : podIPs, node: place.node };
  const env = resolveEnv({ pod: of, container }, facts, { uses, envFiles });
  if ('problem' in env) throw new Error(env.problem);
  const { recursiveReadOnlyMounts = false } = place.runtime.handlers.get(runtimeHandler(of, uses)) ?? {};
  const mounts = containerMounts(of, container, {
    ...{ uid, attempt, rootDir, variables: env.variables, images, facts },
    recursiveReadOnly: recursiveReadOnlyMounts,
    ...(place.usersBase !== undefined && { usersBase: place.usersBase }),
    etcHosts: hostsFile(of, facts.podIPs, facts.node),
  });
  if ('problem' in mounts) throw new Error(mounts.problem);
  const { configHash } = made;
  const identity = {
    uid,
    owner,
    attempt,
    backoffStep: step,
    ...(configHash !== undefined && { configHash }),
  };
  const image = { imageId, user: { username: '' } };
  const { processesOf } = made;
  const target = processesOf !== undefined && { processesOf: asContainerId(processesOf) };
  const parts = { ...mounts, variables: env.variables, image, ...target };
  return { files: mounts.files, config: containerConfig({ pod: of, container }, identity, parts, place) };
}

function needOf(name: string, attempt: number, of: Pod): ImageNeed {
  const { image, imagePullPolicy: policy } = containerOf(name, of);
  const { namespace, name: podName } = of.metadata;
  const fieldPath = `spec.${listOf(name, of)}{${name}}`;
  return { uid, namespace, name: podName, fieldPath, container: name, attempt, image, policy };
}

/** The actions a plan is expected to have. */
/** Why dead instances and sandboxes go while their pod stays. */
export const outlived = 'older than the one that is kept';

export const act = {
  save: (changes: Partial<PodRecord> = {}): Action => ({ type: 'save-record', record: makeRecord(changes) }),
  /** The record of a version that is seen for the first time. */
  edit: (changes: Partial<PodRecord>): Action => act.save({ changedAtMs: nowMs, ...changes }),
  look: (name: string, attempt = 0, of = pod): Action => ({
    type: 'ensure-image',
    need: needOf(name, attempt, of),
  }),
  run: (attempt: number, of = pod, given: Circumstances = {}): Action => ({
    type: 'run-sandbox',
    config: sandboxConfigOf(of, attempt, given),
    handler: runtimeHandler(of, given.uses ?? noObjects),
  }),
  create: (name: string, made: Making = {}, of = pod): Action => {
    const { attempt = 0, sandbox = 0 } = made;
    return {
      type: 'create-container',
      need: needOf(name, attempt, of),
      sandboxId: asSandboxId(`sb-${sandbox}`),
      ...makingOf(name, made, of),
      sandboxConfig: sandboxConfigOf(of, sandbox, made),
    };
  },
  start: (name: string, attempt = 0): Action => ({
    type: 'start-container',
    id: asContainerId(`${name}-${attempt}`),
    container: name,
  }),
  /** Begins to stop `<name>-0` with the given seconds. */
  stops: (seconds: Readonly<Record<string, number>>): Action[] =>
    Object.entries(seconds).map(([container, timeoutSeconds]) => ({
      type: 'begin-stop',
      stop: { uid, id: asContainerId(`${container}-0`), container, timeoutSeconds },
    })),
  /** What is waited for then. */
  stopWaits: (seconds: Readonly<Record<string, number>>): Wait[] =>
    Object.entries(seconds).map(([container, left]) => ({
      reason: 'Stopping',
      message: `waiting for the end of container ${container}`,
      untilMs: nowMs + left * 1000,
    })),
  stopSandbox: (attempt: number): Action => ({ type: 'stop-sandbox', id: asSandboxId(`sb-${attempt}`) }),
  removeSandbox: (attempt: number, why = 'the pod is gone'): Action => ({
    ...{ type: 'remove-sandbox', id: asSandboxId(`sb-${attempt}`) },
    ...{ attempt, why },
  }),
  removeInstance: (name: string, attempt: number, why = outlived): Action => ({
    type: 'remove-container',
    id: asContainerId(`${name}-${attempt}`),
    ...{ container: name, attempt, why },
    logs: { directory: logDirectory, container: name, attempt },
  }),
  setUp: (request: VolumesRequest): Action => ({ type: 'set-up-volumes', uid, request }),
  setUpCgroup: (cgroup: PodCgroup): Action => ({ type: 'set-up-cgroup', uid, cgroup }),
  removeCgroup: { type: 'remove-cgroup', uid } as Action,
  /** Of a pod that stays. */
  clear: { type: 'tear-down-volumes', uid, why: 'the pod was evicted' } as Action,
  tearDown: { type: 'tear-down-volumes', uid, why: 'the pod is gone' } as Action,
  deleteLogs: { type: 'delete-logs', directory: logDirectory, why: 'the pod is gone' } as Action,
  deleteRecord: { type: 'delete-record', uid } as Action,
};

/** Stops of `<name>-0` whose signal is sent now, as they are recorded. */
export function stopsBegun(graceSeconds: number, ...names: string[]): PodRecord['stops'] {
  return stopsBegunAgo({ agoMs: 0, graceSeconds }, ...names);
}

export function stopsBegunAgo(
  { agoMs, graceSeconds }: { agoMs: number; graceSeconds: number },
  ...names: string[]
): PodRecord['stops'] {
  return Object.fromEntries(
    names.map((name) => [
      `${name}-0`,
      { startedAtMs: nowMs - agoMs, graceSeconds, signalled: true as const, signalledAtMs: nowMs - agoMs },
    ]),
  );
}

/** One that was given less time after its signal, and has no longer for having had that late. */
export function stopsCut(
  { agoMs, graceSeconds }: { agoMs: number; graceSeconds: number },
  name: string,
): PodRecord['stops'] {
  return byId({ [`${name}-0`]: { startedAtMs: nowMs - agoMs, graceSeconds, signalled: true } });
}

/** What is kept by instance, as records have it. */
export function byId<T>(of: Readonly<Record<string, T>>): Readonly<Record<ContainerId, T>> {
  return Object.fromEntries(Object.entries(of));
}

/** A wait that keeps another version away from a pod that runs. */
export function meanwhile(wait: Wait): Wait {
  return { ...wait, message: `${wait.message}; the running version goes on` };
}
