import { type Clock, invariant, Limiter, type Logger, messageOf, type Random, sleep } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { NodeProbe, PodCgroups } from '../host/index.ts';
import { ImageKeeper, type NodeCredentials } from '../images/index.ts';
import type { PodLogs } from '../logs/index.ts';
import type { ManifestMessage, ManifestSnapshot } from '../manifest/index.ts';
import { asPodUid, type OwnerId, type PodKey, type PodUid, podKey, type RuntimeFacts } from '../pod/index.ts';
import type { ObjectRecord, ObjectRecords, PodRecord, PodRecords } from '../state/index.ts';
import type { NodeReport } from '../status/index.ts';
import type { PodVolumes } from '../volumes/index.ts';
import type { Plan } from './actions.ts';
import { nodeReport, type ReportFacts } from './node-report.ts';
import { Passes } from './passes.ts';
import type { Surroundings } from './plan-input.ts';
import { PodWorker, type WorkerPorts } from './pod-worker.ts';
import { RefusalLog } from './refusal-log.ts';
import { SideObjects } from './side-objects.ts';
import { emptySnapshot, type Snapshot, type SnapshotPart, takeSnapshot } from './snapshot.ts';
import type { Target } from './target.ts';
import { findTargets, type Targets } from './targets.ts';
import { UserBlocks } from './user-blocks.ts';
import { type Due, Wake } from './wake.ts';

export interface ReconcilerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly cri: Cri;
  readonly manifests: { load(): Promise<ManifestSnapshot> };
  readonly records: PodRecords;
  readonly objectRecords: ObjectRecords;
  readonly logs: PodLogs;
  readonly volumes: PodVolumes;
  readonly cgroups: PodCgroups;
  readonly node: NodeProbe;
  /** The machine's own registry credentials, if it has any. */
  readonly credentials?: NodeCredentials;
}

export interface ReconcilerOptions {
  /** This daemon's id, which its new sandboxes carry. */
  readonly owner: OwnerId;
  /** Ids whose sandboxes it has taken over. */
  readonly adopted: readonly OwnerId[];
  readonly intervalMs: number;
  readonly logDir: string;
  /** Where the pods' volumes lie. */
  readonly rootDir: string;
  readonly nodeName: string;
  readonly version: string;
  /** How many sandboxes and containers are made or started at once: more would only slow each other down. */
  readonly maxParallelStarts?: number;
  readonly maxParallelPulls?: number;
}

/** How long `stop` lets calls in flight come to their end. */
const STOP_PATIENCE_MS = 4_000;
/** How long cancelled calls may take to come back; one that only looks is not worth waiting for. */
const CANCEL_PATIENCE_MS = 250;

/**
 * The loop. Each tick reads the manifests if they may have changed, takes one snapshot of the runtime, finds what is wanted, and
 * starts a pass for every pod that is due and not in one. Passes run side by side; a pod that acted is due again.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts;
  readonly #options: ReconcilerOptions;
  readonly #owners: Set<OwnerId>;
  readonly #wake: Wake;
  readonly #images: ImageKeeper;
  readonly #workerPorts: WorkerPorts;
  readonly #refusals: RefusalLog;
  readonly #halt = new AbortController();
  readonly #records = new Map<PodUid, PodRecord>();
  readonly #newborn = new Map<PodKey, PodUid>();
  readonly #passes: Passes;
  readonly #listeners = new Set<() => void>();
  readonly #objects = new SideObjects();
  readonly #userBlocks = new UserBlocks();
  #manifests: ManifestSnapshot = { directories: [] };
  #recordedObjects: ReadonlyMap<string, ObjectRecord> | undefined;
  #refusedObjects: readonly ManifestMessage[] = [];
  #runtime: RuntimeFacts | undefined;
  #surroundings: Surroundings | undefined;
  #targets: Targets = { targets: new Map(), refused: [] };
  #snapshot: Snapshot | undefined;
  #snapshotsBegun = 0;
  #ticks = 0;
  #runtimeProblem: string | undefined;
  #stopping = false;
  #loop: Promise<void> | undefined;
  readonly #startedAtMs: number;

  constructor(ports: ReconcilerPorts, options: ReconcilerOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#owners = new Set([options.owner, ...options.adopted]);
    this.#wake = new Wake(ports.clock, options.intervalMs);
    this.#refusals = new RefusalLog(ports.logger);
    this.#startedAtMs = ports.clock.nowMs();
    const { cri, clock, logger, logs, records, volumes, cgroups, credentials } = ports;
    const { maxParallelPulls = 4, maxParallelStarts = 8, owner, logDir, rootDir } = options;
    this.#images = new ImageKeeper({
      cri,
      clock,
      logger,
      maxParallelPulls,
      ...(credentials && { credentials }),
      onChange: (uid) => this.#wake.pod(uid),
    });
    this.#workerPorts = {
      ...{
        cri,
        clock,
        logger,
        logs,
        records,
        volumes,
        cgroups,
        owner,
        logDir,
        rootDir,
        images: this.#images,
      },
      surroundings: () => this.#known(),
      usersBase: (uid) => this.#userBlocks.baseOf(uid, this.#records),
      busy: new Limiter(maxParallelStarts),
      signal: this.#halt.signal,
      draining: () => this.#stopping,
      record: (uid) => this.#records.get(uid),
      onRecord: (record) => this.#noteRecord(record),
    };
    this.#passes = new Passes({
      worker: this.#workerPorts,
      wake: this.#wake,
      intervalMs: options.intervalMs,
      snapshotsBegun: () => this.#snapshotsBegun,
      onEnd: () => this.#announce(),
    });
  }

  /** Loads the records and begins to loop. Rejects when the records cannot be read: guessing would remove pods. */
  async start(): Promise<void> {
    await this.#loadRecords();
    this.#loop = this.#run();
  }

  /** Counts the sandboxes of these owners as ours, too. */
  adopt(owners: readonly OwnerId[]): void {
    for (const owner of owners) this.#owners.add(owner);
  }

  /**
   * Something happened to a container or sandbox, or anywhere if none is named. One that the last snapshot does not know is not
   * ours, or so new that its pod is looked at anyway.
   */
  hint(id?: string): void {
    if (id === undefined) this.#wake.all();
    const part = [...(this.#snapshot?.pods ?? [])].find(([, pod]) => hasMember(pod, id));
    if (part !== undefined) this.#wake.pod(part[0]);
  }

  /** Images came from elsewhere: pods that failed to get one look again. */
  hintImages(): void {
    this.#images.retry();
    this.#wake.all();
  }

  /** The manifest directories may have changed. */
  hintManifests(): void {
    this.#wake.manifests();
  }

  /** Starts nothing new, waits a little for calls in flight, and leaves the pods as they are. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#images.close();
    this.#wake.nudge();
    const settled = Promise.all([this.#loop, this.#passes.settle()]);
    await this.#waitFor(settled, STOP_PATIENCE_MS);
    this.#halt.abort();
    for (const uid of this.#passes.uids()) this.#images.release(uid);
    await this.#waitFor(settled, CANCEL_PATIENCE_MS);
  }

  async #waitFor(settled: Promise<unknown>, patienceMs: number): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    settled.then(end, end);
    await sleep(this.#ports.clock, patienceMs, over.signal);
  }

  /** Calls back after every tick and every pass, when the report may have changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Every pod was looked at after its last change, and nothing is to be done now. */
  isSettled(): boolean {
    return [...this.#targets.targets.keys()].every((uid) => this.#passes.isSettled(uid));
  }

  /** The longest grace period that any recorded pod may take to stop. */
  longestGraceMs(): number {
    const seconds = [...this.#records.values()].map(({ pod }) => pod.spec.terminationGracePeriodSeconds);
    return Math.max(0, ...seconds) * 1000;
  }

  report(): NodeReport {
    const facts: ReportFacts = {
      nodeName: this.#options.nodeName,
      version: this.#options.version,
      startedAtMs: this.#startedAtMs,
      passes: this.#ticks,
      runtimeProblem: this.#runtimeProblem,
      manifests: this.#manifests,
      refused: [...this.#refusedObjects, ...this.#targets.refused],
      foreign: this.#snapshot?.foreign ?? [],
    };
    const passes = [...this.#targets.targets.values()].map((target) => {
      const last = this.#passes.last(target.uid);
      return { target, record: this.#records.get(target.uid), ...(last && { last }) };
    });
    return nodeReport(facts, passes);
  }

  /** One look at everything, without touching anything: the next actions of each pod (`--dry-run`). */
  async planOnce(): Promise<readonly { readonly target: Target; readonly plan: Plan }[]> {
    await this.#loadRecords();
    await this.#loadManifests();
    const snapshot = await this.#observe();
    const targets = this.#find(snapshot);
    const plans = [...targets.targets.values()].map(async (target) => {
      const worker = new PodWorker(target.uid, this.#workerPorts);
      return { target, plan: await worker.decide(target, snapshot) };
    });
    return Promise.all(plans);
  }

  async #loadRecords(): Promise<void> {
    for (const record of await this.#ports.records.load()) this.#records.set(record.uid, record);
    this.#objects.restore(await this.#ports.objectRecords.load());
    this.#recordedObjects = this.#objects.records;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const due = await this.#wake.next();
      if (this.#stopping) return;
      try {
        await this.#tick(due);
      } catch (err) {
        this.#ports.logger.error({ err }, 'tick failed');
      }
      this.#announce();
    }
  }

  async #tick(due: Due): Promise<void> {
    if (due.manifests) {
      await this.#loadManifests();
      await this.#recordObjects();
    }
    const snapshot = await this.#tryObserve();
    // What the files say is learnt also while the runtime does not answer.
    this.#targets = this.#find(snapshot ?? this.#snapshot ?? emptySnapshot);
    this.#refusals.note(this.#manifests, [...this.#refusedObjects, ...this.#targets.refused]);
    if (snapshot === undefined || this.#stopping) return;
    this.#passes.keepOnly(this.#targets.targets);
    for (const target of removalsFirst(this.#targets.targets)) this.#passes.consider(target, due, snapshot);
    this.#ticks += 1;
  }

  async #loadManifests(): Promise<void> {
    this.#manifests = await this.#ports.manifests.load();
    this.#refusedObjects = this.#objects.note(this.#manifests);
  }

  /** A last good version that could not be recorded is still in force: it is tried again at the next look at the files. */
  async #recordObjects(): Promise<void> {
    const { records } = this.#objects;
    if (records === this.#recordedObjects) return;
    try {
      await this.#ports.objectRecords.save([...records.values()]);
      this.#recordedObjects = records;
    } catch (error) {
      this.#ports.logger.warn({ err: messageOf(error) }, 'objects cannot be recorded');
    }
  }

  /** Passes begin after the first look at the runtime. */
  #known(): Surroundings {
    invariant(this.#surroundings !== undefined, 'the surroundings are known before the first pass');
    return this.#surroundings;
  }

  #find({ own, foreign, number }: Snapshot): Targets {
    const newUid = (key: PodKey): PodUid => {
      const uid = this.#newborn.get(key) ?? asPodUid(this.#ports.random.uuid());
      this.#newborn.set(key, uid);
      return uid;
    };
    return findTargets({
      manifests: this.#manifests,
      records: [...this.#records.values()].map((record) => this.#latest(record)),
      own,
      foreign,
      newUid,
      usedBy: (pod) => this.#objects.usedBy(pod),
      making: this.#passes.making(number),
      finished: this.#passes.finished(),
    });
  }

  /** The record as it will be when the pod's pass comes to write it: what was once read counts, whatever becomes of the file. */
  #latest(record: PodRecord): PodRecord {
    const target = this.#targets.targets.get(record.uid);
    if (target?.kind !== 'run' || record.deletionStartedAtMs !== undefined) return record;
    return { ...record, file: target.file, pod: target.pod };
  }

  async #observe(): Promise<Snapshot> {
    this.#snapshotsBegun += 1;
    const { cri, node } = this.#ports;
    const [snapshot, facts, runtime] = await Promise.all([
      takeSnapshot(cri, this.#owners, this.#snapshotsBegun),
      node.facts(),
      // Asked again when it comes back: it may be another version.
      this.#runtime ?? cri.facts(),
    ]);
    this.#runtime = runtime;
    this.#surroundings = { node: facts, runtime };
    return snapshot;
  }

  /** Undefined while the runtime does not answer: nothing is known then, so nothing is done. Told once. */
  async #tryObserve(): Promise<Snapshot | undefined> {
    try {
      const snapshot = await this.#observe();
      if (this.#runtimeProblem !== undefined) this.#ports.logger.info({}, 'runtime answers again');
      this.#runtimeProblem = undefined;
      this.#noteForeign(snapshot);
      this.#snapshot = snapshot;
      return snapshot;
    } catch (error) {
      const problem = messageOf(error);
      if (this.#runtimeProblem !== problem)
        this.#ports.logger.warn({ err: problem }, 'runtime does not answer');
      this.#runtimeProblem = problem;
      this.#runtime = undefined;
      return undefined;
    }
  }

  /** Other tinylets' pods are told of once, when they are first seen. */
  #noteForeign({ foreign }: Snapshot): void {
    const told = new Set((this.#snapshot?.foreign ?? []).map((sandbox) => podKey(sandbox)));
    const pods = new Set(foreign.map((sandbox) => podKey(sandbox)).filter((key) => !told.has(key)));
    if (pods.size > 0)
      this.#ports.logger.warn(
        { pods: [...pods].sort().join(', ') },
        'another tinylet has pods on this runtime: left alone',
      );
  }

  #noteRecord(record: PodRecord | { readonly uid: PodUid; readonly gone: true }): void {
    if ('gone' in record) {
      this.#records.delete(record.uid);
      this.#userBlocks.release(record.uid);
      // Whoever waited for this pod's name or ports can go on.
      this.#wake.all();
      return;
    }
    this.#records.set(record.uid, record);
    this.#newborn.delete(podKey(record));
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}

function hasMember({ sandboxes, containers }: SnapshotPart, id: string | undefined): boolean {
  return (
    sandboxes.some((sandbox) => sandbox.id === id) || containers.some((container) => container.id === id)
  );
}

function removalsFirst(targets: ReadonlyMap<PodUid, Target>): Target[] {
  const all = [...targets.values()];
  return [...all.filter(({ kind }) => kind !== 'run'), ...all.filter(({ kind }) => kind === 'run')];
}
