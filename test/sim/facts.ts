import type { ContainerConfig } from '../../src/cri/index.ts';
import {
  allContainers,
  annotation,
  type Container,
  label,
  type OwnerId,
  type Pod,
  type PodKey,
  type PodUid,
} from '../../src/pod/index.ts';
import type { ObjectRecord, PodRecord, StopRecord } from '../../src/state/index.ts';
import type { MemoryCgroups } from '../fakes/memory-cgroups.ts';
import type { MemoryVolumes } from '../fakes/memory-volumes.ts';
import type { RuntimeModel } from '../fakes/runtime-model.ts';
import type { VirtualClock } from '../fakes/virtual-clock.ts';
import type { Call } from './call.ts';
import { DeletionFacts } from './deletion-facts.ts';
import type { Instance, Sandbox } from './instance.ts';
import { LifeFacts } from './life-facts.ts';
import { follows, isComplete, isSameFor, type Objects, objectKey } from './made-from.ts';
import type { SimDefinition, View } from './manifest-files.ts';
import type { MemoryRecords } from './memory-records.ts';
import type { PodVersions } from './random-pods.ts';

/** From the reading of the files to the first action that rests on them. */
const LONGEST_PLAN_MS = 15_000;
/** To the last action of it. */
const LONGEST_PASS_MS = 90_000;

export interface LoadedView {
  readonly view: View;
  /** What is in force once the view is read: who had a name keeps it, also while its file cannot be used. */
  readonly objects: Objects;
  readonly atMs: number;
  readonly daemon: object | undefined;
}

export interface FactsOptions {
  readonly clock: VirtualClock;
  readonly model: RuntimeModel;
  readonly versions: PodVersions;
  readonly records: MemoryRecords;
  readonly volumes: MemoryVolumes;
  readonly cgroups: MemoryCgroups;
  readonly hasCgroups: boolean;
  readonly owner: OwnerId;
}

/**
 * What happened, gathered from outside: from the model's own state, the calls that reach it, the records on disk and the views
 * of the files that were handed out. The checks rest on this and on nothing the daemon says.
 */
export class Facts {
  readonly clock: VirtualClock;
  readonly model: RuntimeModel;
  readonly versions: PodVersions;
  readonly records: MemoryRecords;
  readonly volumes: MemoryVolumes;
  readonly cgroups: MemoryCgroups;
  /** Whether pods have cgroups of their own on this machine. */
  readonly hasCgroups: boolean;
  readonly owner: OwnerId;
  readonly instances = new Map<string, Instance>();
  readonly lives: LifeFacts;
  readonly sandboxes = new Map<string, Sandbox>();
  /** Calls of the daemon that lives. */
  readonly inFlight = new Map<number, Call>();
  /** When the last changing call of a pod ended. */
  readonly lastEndMs = new Map<string, number>();
  readonly views: LoadedView[] = [];
  readonly everSaved = new Set<string>();
  /** Pods whose removal is on record, and since when. */
  readonly deleting = new Map<string, number>();
  readonly deletions: DeletionFacts;
  readonly lostRecords = new Set<string>();
  daemon: object | undefined;
  daemonStartedMs = 0;
  daemonStopping = false;
  /** The node is shut down: since when, and how long it may take. */
  halting: { readonly sinceMs: number; readonly periodMs: number } | undefined;
  haltedAtMs = Number.POSITIVE_INFINITY;
  rebootedAtMs = Number.NEGATIVE_INFINITY;
  jumpedAtMs = Number.NEGATIVE_INFINITY;
  disturbedAtMs = Number.NEGATIVE_INFINITY;
  readonly #byName = new Map<string, Instance[]>();
  #inForce: ReadonlyMap<string, SimDefinition> = new Map();

  constructor(options: FactsOptions) {
    this.clock = options.clock;
    this.model = options.model;
    this.versions = options.versions;
    this.records = options.records;
    this.volumes = options.volumes;
    this.cgroups = options.cgroups;
    this.hasCgroups = options.hasCgroups;
    this.owner = options.owner;
    this.lives = new LifeFacts(options.clock);
    this.deletions = new DeletionFacts(options.clock);
  }

  isOurs(labels: Readonly<Record<string, string>> | undefined): boolean {
    return labels?.[label.tinylet] === 'true' && labels[label.owner] === this.owner;
  }

  instancesOf(uid: string, name: string): Instance[] {
    const key = `${uid}/${name}`;
    const known = this.#byName.get(key) ?? [];
    this.#byName.set(key, known);
    return known;
  }

  sandboxesOf(uid: string): Sandbox[] {
    return [...this.sandboxes.values()].filter((sandbox) => sandbox.uid === uid && sandbox.removed !== true);
  }

  /** The version on record, as it was written and not as the daemon noted it. */
  recordedPod(uid: string): Pod | undefined {
    return this.versions.of(this.records.get(uid as PodUid)?.pod.metadata.annotations);
  }

  isReady({ id }: { id: string }): boolean {
    return this.model.sandbox(id)?.state === 'ready';
  }

  isRunning({ id }: { id: string }): boolean {
    return this.model.container(id)?.state === 'running';
  }

  /** What the daemon may have planned from, given that it looked after `sinceMs`. */
  viewsSince(sinceMs: number): View[] {
    return this.#loadedSince(sinceMs).map(({ view }) => view);
  }

  /** The views that the plan of this pod's first call of a pass can rest on. */
  candidateViews(uid: string): View[] {
    return this.#candidates(uid).map(({ view }) => view);
  }

  /** The objects that such a plan can rest on. */
  candidateObjects(uid: string): Objects[] {
    return this.#candidates(uid).map(({ objects }) => objects);
  }

  /** The objects that the plan of any call of a pass can rest on. */
  recentObjects(): Objects[] {
    return this.#loadedSince(this.clock.monotonicMs() - LONGEST_PASS_MS).map(({ objects }) => objects);
  }

  /** What will be in force once these files are read. */
  objectsIn(view: View): Objects {
    return new Map([...objectsInForce(this.#inForce, view)].map(([key, { object }]) => [key, object]));
  }

  #candidates(uid: string): LoadedView[] {
    return this.#loadedSince(Math.max(this.lastEndMs.get(uid) ?? 0, this.daemonStartedMs));
  }

  #loadedSince(sinceMs: number): LoadedView[] {
    const own = this.views.filter(({ daemon }) => daemon === this.daemon);
    const first = own.findLastIndex(({ atMs }) => atMs <= sinceMs);
    return own.slice(Math.max(first, 0));
  }

  /** What any daemon may have planned from at that moment: one that was killed then may have left its decision on record. */
  viewsAround(ms: number): View[] {
    const first = this.views.findLastIndex(({ atMs }) => atMs <= ms - LONGEST_PLAN_MS);
    return this.views
      .slice(Math.max(first, 0))
      .filter(({ atMs }) => atMs <= ms)
      .map(({ view }) => view);
  }

  noteLoad(view: View): void {
    const last = this.views.at(-1);
    if (last?.view === view && last.daemon === this.daemon) return;
    this.#inForce = objectsInForce(this.#inForce, view);
    this.views.push({
      view,
      objects: this.objectsIn(view),
      atMs: this.clock.monotonicMs(),
      daemon: this.daemon,
    });
  }

  /** A daemon comes up with the objects on record. */
  noteRestored(records: readonly ObjectRecord[]): void {
    this.#inForce = new Map(
      records.flatMap(({ object, file }) =>
        object.kind === 'ConfigMap' || object.kind === 'Secret'
          ? [[objectKey(object), { file, object }]]
          : [],
      ),
    );
  }

  noteSaved(record: PodRecord): void {
    this.everSaved.add(record.uid);
    if (record.deletionStartedAtMs !== undefined && !this.deleting.has(record.uid))
      this.deleting.set(record.uid, this.clock.monotonicMs());
    this.lives.noteSaved(record, () =>
      [...this.instances.values()].filter(({ uid }) => uid === record.uid).map(({ id }) => id),
    );
    for (const [id, stop] of Object.entries(record.stops)) {
      const instance = this.instances.get(id);
      if (instance !== undefined && instance.stop === undefined) this.beginStop(instance, stop);
      if (instance?.stop !== undefined && stop.signalledAtMs !== undefined)
        instance.stop.toldAtMs ??= this.clock.monotonicMs();
      // A shutdown may leave less time than a stop had when it began.
      if (this.halting !== undefined && instance?.stop !== undefined) {
        instance.stop.graceSeconds = stop.graceSeconds;
        instance.stop.mayBeShort = true;
      }
      if (instance?.stop !== undefined && stop.graceSeconds < instance.stop.graceSeconds) {
        instance.stop.graceSeconds = stop.graceSeconds;
        instance.stop.mayBeShort = true;
        instance.stop.cutAtMs = this.clock.monotonicMs();
      }
    }
  }

  loseRecord(uid: string): void {
    this.lostRecords.add(uid);
    this.deleting.delete(uid);
    this.deletions.forget(uid);
    // Only the record told that a stop had begun.
    for (const [key, list] of this.#byName) if (key.startsWith(`${uid}/`)) delete list.at(-1)?.stop;
  }

  noteRemoved(instance: Instance): void {
    instance.removed = true;
    // Gone with its logs after the manifest dropped it: a container of that name is another one.
    const isLast = this.instancesOf(instance.uid, instance.name).at(-1) === instance;
    if (isLast && this.#wasDropped(instance)) this.#byName.delete(`${instance.uid}/${instance.name}`);
  }

  #wasDropped({ uid, key, name, createdAtMs }: Instance): boolean {
    // A version that was gone back to may be in no file any more.
    const recorded = this.recordedPod(uid);
    if (recorded !== undefined && allContainers(recorded).every((each) => each.name !== name)) return true;
    const first = this.views.findLastIndex(({ atMs }) => atMs <= createdAtMs);
    return this.views
      .slice(Math.max(first, 0))
      .some(({ view }) =>
        view.claims.get(key)?.some(({ pod }) => allContainers(pod).every((each) => each.name !== name)),
      );
  }

  /** The record is gone: who comes with the same uid is another pod. */
  endLife(uid: string): void {
    this.deleting.delete(uid);
    this.deletions.forget(uid);
    for (const key of this.#byName.keys()) if (key.startsWith(`${uid}/`)) this.#byName.delete(key);
  }

  #isAwaited(
    uid: string,
    { name, attempt = 0 }: { readonly name?: string; readonly attempt?: number },
  ): boolean {
    return [...this.inFlight.values()].some(({ name: call, uid: of, request }) => {
      const asked = request.config?.metadata;
      return (
        call === 'CreateContainer' && of === uid && asked?.name === name && (asked?.attempt ?? 0) === attempt
      );
    });
  }

  #isRenewal(uid: string, pod: Pod, container: Container, variables: Instance['variables']): boolean {
    const last = this.instancesOf(uid, container.name).at(-1);
    if (last === undefined || !follows(pod) || !this.recentObjects().some((each) => isComplete(pod, each)))
      return false;
    return !isSameFor(container, last.variables, variables);
  }

  beginStop(instance: Instance, { startedAtMs, graceSeconds, cause }: StopRecord): void {
    const agoMs = this.clock.nowMs() - startedAtMs;
    // It began before the clock was set back.
    const beganAtMs = agoMs < 0 ? this.jumpedAtMs : this.clock.monotonicMs() - agoMs;
    const began = { beganAtMs, beganAtWallMs: startedAtMs, graceSeconds };
    const isHalt = this.halting !== undefined;
    const why = cause ?? (isHalt && this.lostRecords.has(instance.uid) ? 'shutdown' : undefined);
    instance.stop = {
      ...began,
      ...(why && { cause: why }),
      ...(isHalt && { mayBeShort: true }),
      failures: 0,
    };
  }

  noteSandbox(id: string): Sandbox | undefined {
    const made = this.model.sandbox(id);
    if (made === undefined || !this.isOurs(made.config.labels)) return undefined;
    const { name = '', namespace = '', uid = '', attempt = 0 } = made.config.metadata ?? {};
    const pod = this.versions.of(made.config.annotations);
    if (pod === undefined)
      throw new Error(`sandbox ${namespace}/${name} was made from no version of the manifest`);
    const madeUnseen = ![...this.inFlight.values()].some(
      (call) => call.name === 'RunPodSandbox' && call.request.config === made.config,
    );
    const sourceFile = made.config.annotations?.[annotation.source] ?? '';
    const sandbox: Sandbox = {
      id,
      uid,
      key: `${namespace}/${name}` as PodKey,
      attempt,
      sourceFile,
      pod,
      madeUnseen,
    };
    this.sandboxes.set(id, sandbox);
    return sandbox;
  }

  noteInstance(id: string, pod: Pod): Instance | undefined {
    const made = this.model.container(id);
    if (made === undefined || !this.isOurs(made.config.labels)) return undefined;
    const { labels = {}, metadata = {} } = made.config;
    const name = metadata.name ?? '';
    const container = allContainers(pod).find((each) => each.name === name);
    if (container === undefined) throw new Error(`container ${name} is not of its pod`);
    const uid = labels[label.podUid] ?? '';
    const instance: Instance = {
      ...{ id, uid, name, pod, container, sandboxId: made.sandboxId },
      variables: variablesOf(made.config),
      isRenewed: this.#isRenewal(uid, pod, container, variablesOf(made.config)),
      key: `${labels[label.podNamespace]}/${labels[label.podName]}` as PodKey,
      attempt: metadata.attempt ?? 0,
      createdAtMs: this.clock.monotonicMs(),
      madeUnseen: !this.#isAwaited(uid, metadata),
    };
    this.instances.set(id, instance);
    this.instancesOf(instance.uid, name).push(instance);
    return instance;
  }
}

/** The rules of the manual once more: who has a name keeps it while its file defines it or cannot be used; else the first has it. */
function objectsInForce(
  before: ReadonlyMap<string, SimDefinition>,
  view: View,
): ReadonlyMap<string, SimDefinition> {
  const dark = [...before].filter(([, { file }]) => view.isDark(file));
  const held = new Map(dark);
  for (const [key, definitions] of view.objects) {
    const holder = definitions.find(({ file }) => file === before.get(key)?.file) ?? definitions[0];
    if (holder !== undefined && !held.has(key)) held.set(key, holder);
  }
  return held;
}

function variablesOf({ envs = [] }: ContainerConfig): ReadonlyMap<string, string> {
  return new Map(envs.map(({ key = '', value }) => [key, String(value)]));
}
