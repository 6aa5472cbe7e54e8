import { type JsonObject, sleep } from '../base/index.ts';
import type { ImageKeeper } from '../images/index.ts';
import { type ManifestSnapshot, sourceOf } from '../manifest/index.ts';
import type { Plan, Surroundings } from '../plan/index.ts';
import type { ObservedContainer, OwnerId, Pod, PodKey, PodUid } from '../pod/index.ts';
import type { ObjectRecord } from '../state/index.ts';
import type { NodeReport, PodWhy } from '../status/index.ts';
import type { PodView } from '../store/index.ts';
import { findTargets, type Shutdown, type Target, type Targets } from '../targets/index.ts';
import { type Inventory, inventoryOf } from './inventory.ts';
import { KnownPods } from './known-pods.ts';
import { ManifestView } from './manifest-view.ts';
import { nodePod } from './node-pod.ts';
import { nodeReport, type ReportFacts } from './node-report.ts';
import { isHalted, notStopped, shutdownWithin } from './node-shutdown.ts';
import { NodeView } from './node-view.ts';
import type { Passes } from './passes.ts';
import { PodWork } from './pod-work.ts';
import { ReadinessBook, waitingFor } from './readiness-book.ts';
import type { ReconcilerOptions, ReconcilerPorts } from './reconciler-ports.ts';
import { RefusalLog } from './refusal-log.ts';
import type { Snapshot } from './snapshot.ts';
import { type Due, Wake } from './wake.ts';
import { withConditions } from './with-conditions.ts';
import { withDeletion } from './with-deletion.ts';

/**
 * The loop. Each tick reads the manifests if they may have changed, takes one snapshot of the runtime, finds what is wanted, and
 * starts a pass for every pod that is due and not in one. Passes run side by side; a pod that acted is due again.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts;
  readonly #options: ReconcilerOptions;
  readonly #wake: Wake;
  readonly #node: NodeView;
  readonly #manifests: ManifestView;
  readonly #known: KnownPods;
  readonly #work: PodWork;
  readonly #passes: Passes;
  readonly #refusals: RefusalLog;
  readonly #readiness = new ReadinessBook();
  readonly #listeners = new Set<() => void>();
  #targets: Targets = { targets: new Map(), refused: [] };
  #ticks = 0;
  #lookInForce = 0;
  #lastTickMs: number | undefined;
  #shutdown: Shutdown | undefined;
  #stopping = false;
  #loop: Promise<void> | undefined;
  readonly #startedAtMs: number;

  constructor(ports: ReconcilerPorts, options: ReconcilerOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#wake = new Wake(ports.clock, options.intervalMs);
    this.#node = new NodeView(ports, [options.owner, ...options.adopted]);
    this.#manifests = new ManifestView(ports);
    this.#known = new KnownPods(ports);
    this.#refusals = new RefusalLog(ports.logger);
    this.#startedAtMs = ports.clock.nowMs();
    this.#work = new PodWork({
      ...{ ports, options, wake: this.#wake, node: this.#node, known: this.#known },
      onEndOfPass: (uid) => this.#noteEndOfPass(uid),
      onIdle: () => this.#announce(),
    });
    this.#passes = this.#work.passes;
  }

  /** Loads the records and begins to loop. Rejects when the records cannot be read: guessing would remove pods. */
  async start(): Promise<void> {
    await this.#restore();
    this.#loop = this.#run();
  }

  /** Counts the sandboxes of these owners as ours, too. */
  adopt(owners: readonly OwnerId[]): void {
    this.#node.adopt(owners);
  }

  /**
   * Something happened to a container or sandbox, or anywhere if none is named. One that the last snapshot does not know is not
   * ours, or so new that its pod is looked at anyway.
   */
  hint(id?: string): void {
    if (id === undefined) this.#wake.all('runtime event');
    const uid = id === undefined ? undefined : this.#node.podOf(id);
    if (uid !== undefined) this.#wake.pod(uid, 'runtime event');
  }

  /** Images came from elsewhere: pods that failed to get one look again. */
  hintImages(): void {
    this.#work.images.retry();
    this.#wake.all('image');
  }

  /** The manifest directories may have changed. */
  hintManifests(): void {
    this.#wake.manifests();
  }

  /**
   * The node is shut down: stops every pod, in order and each with its grace period as far as `periodMs` allows, so that the next start
   * brings them back. Resolves when all have stopped, or the period is over, to the pods that have not.
   */
  async shutDown(periodMs: number): Promise<readonly PodKey[]> {
    const { clock } = this.#ports;
    const left = (): readonly PodKey[] => notStopped(this.#targets.targets, this.#node.last);
    if (this.#loop === undefined) return left();
    this.#shutdown = shutdownWithin(periodMs, clock.nowMs());
    const over = new AbortController();
    this.onChange(() => {
      const isMaking = this.#passes.making(this.#node.last.number).size > 0;
      if (isHalted(this.#targets.targets) && !isMaking && left().length === 0) over.abort();
    });
    this.#wake.all('shutdown');
    await sleep(clock, periodMs, over.signal);
    return left();
  }

  /**
   * Deletes a pod with a grace period in seconds, or its own. That is on record when this resolves, and from then on the pod comes to its
   * end, whatever its manifest says; one that is still there then begins it anew. A second call can only shorten the time. Of a pod that
   * nothing was done for yet nothing is recorded: it goes with its manifest.
   */
  async deletePod(uid: PodUid, graceSeconds: number | undefined): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    await this.#work.records.change(uid, (record) => withDeletion(record, { graceSeconds, nowMs }));
    this.#wake.pod(uid, 'deleted');
  }

  /**
   * Conditions of a pod that are not the kubelet's own, in place of those that were given before: what its readiness gates go by. On
   * record when this resolves, to false where nothing is on record of the pod so far.
   */
  async setConditions(uid: PodUid, given: readonly JsonObject[]): Promise<boolean> {
    const nowMs = this.#ports.clock.nowMs();
    const isKnown = await this.#work.records.change(uid, (record) =>
      withConditions(record, { given, nowMs }),
    );
    this.#wake.pod(uid, 'condition');
    return isKnown;
  }

  /** Starts nothing new, waits a little for what is in flight, and leaves the pods as they are. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake.nudge();
    await this.#work.stop(this.#loop);
  }

  /** Calls back after every tick, every pass that found anything new, and when no pass is under way: the report may have changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Every pod was looked at after its last change, and nothing is to be done now. */
  isSettled(): boolean {
    return [...this.#targets.targets.keys()].every((uid) => this.#passes.isSettled(uid));
  }

  /** The longest grace period that any recorded pod may take to stop. */
  longestGraceMs(): number {
    return this.#known.longestGraceMs();
  }

  report(): NodeReport {
    const facts: ReportFacts = {
      nodeName: this.#options.nodeName,
      version: this.#options.version,
      startedAtMs: this.#startedAtMs,
      passes: this.#ticks,
      runtimeProblem: this.#node.problem,
      manifests: this.#manifests.last,
      refused: [...this.#manifests.refused, ...this.#targets.refused],
      foreign: this.#node.last.foreign,
    };
    const passes = [...this.#targets.targets.values()].map((target) => {
      const last = this.#passes.last(target.uid);
      return { target, record: this.#known.record(target.uid), ...(last && { last }) };
    });
    return nodeReport(facts, passes);
  }

  /** Every pod that is wanted, or is still there. */
  pods(): readonly PodView[] {
    return [...this.#targets.targets.values()].map((target) =>
      nodePod({
        target,
        record: this.#known.record(target.uid),
        last: this.#passes.last(target.uid),
        startedAtMs: this.#startedAtMs,
      }),
    );
  }

  /** A container of ours as the runtime listed it last; undefined where it did not. */
  container(id: string): ObservedContainer | undefined {
    return this.#node.container(id);
  }

  /** The objects beside pods that are in force. The same value as long as nothing changes. */
  objects(): ReadonlyMap<string, ObjectRecord> {
    return this.#manifests.objects;
  }

  /** The machine and its runtime as they were last seen, why the runtime did not answer then, and since when it is so. */
  machine(): Pick<NodeView, 'problem' | 'turnedAtMs'> & { readonly surroundings: Surroundings | undefined } {
    const { known, problem, turnedAtMs } = this.#node;
    return { surroundings: known, problem, turnedAtMs };
  }

  /** How many looks at the files were begun, and the last one that all of the above goes by. */
  looks(): { readonly begun: number; readonly inForce: number } {
    return { begun: this.#manifests.loads.begun, inForce: this.#lookInForce };
  }

  /** When the loop last came round, whether the runtime answered or not; on the monotonic clock. */
  get lastTickMs(): number | undefined {
    return this.#lastTickMs;
  }

  /** What the runtime listed last. */
  get snapshot(): Snapshot {
    return this.#node.last;
  }

  /** What housekeeping goes by. */
  inventory(): Inventory {
    return inventoryOf({
      records: this.#known.records,
      targets: this.#targets.targets,
      snapshot: this.#node.last,
      manifests: this.#manifests.last,
      complete: this.#ticks > 0 && this.#node.problem === undefined && !this.#stopping,
    });
  }

  /** What pods need of images just now, and who is to hear of an image that was removed. */
  get images(): Pick<ImageKeeper, 'held' | 'noteRemoved'> {
    return this.#work.images;
  }

  /** The last passes of the pods of that name, of which one may still be going while another waits for its place. */
  why(namespace: string, name: string): readonly PodWhy[] {
    return this.report()
      .pods.filter((pod) => pod.namespace === namespace && pod.name === name)
      .map(({ uid, words }) => ({
        namespace,
        name,
        uid,
        status: words.status,
        passes: this.#passes.history(uid),
      }));
  }

  /** One look at everything, without touching anything: the next actions of each pod (`--dry-run`). */
  async planOnce(): Promise<readonly { readonly target: Target; readonly plan: Plan }[]> {
    await this.#restore();
    await this.#manifests.load();
    const snapshot = await this.#node.look();
    this.#targets = this.#find(snapshot);
    const plans = [...this.#targets.targets.values()].map(async (target) => {
      return { target, plan: await this.#work.worker(target.uid).decide(target, snapshot) };
    });
    return Promise.all(plans);
  }

  async #restore(): Promise<void> {
    await this.#known.restore();
    await this.#manifests.restore();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const due = await this.#wake.next();
      if (this.#stopping) return;
      try {
        await this.#tick(due);
        this.#lastTickMs = this.#ports.clock.monotonicMs();
      } catch (err) {
        this.#ports.logger.error({ err }, 'tick failed');
      }
      this.#announce();
    }
  }

  async #tick(due: Due): Promise<void> {
    if (due.manifests) {
      await this.#manifests.load();
      await this.#manifests.record();
    }
    const begunMs = this.#ports.clock.monotonicMs();
    const snapshot = await this.#node.tryLook();
    if (snapshot !== undefined) this.#ports.observer?.relisted(this.#ports.clock.monotonicMs() - begunMs);
    // What the files say is learnt also while the runtime does not answer.
    this.#targets = this.#find(snapshot ?? this.#node.last);
    this.#lookInForce = this.#manifests.loads.ended;
    this.#refusals.note(this.#minded(), [...this.#manifests.refused, ...this.#targets.refused]);
    if (snapshot === undefined || this.#stopping) return;
    this.#passes.keepOnly(this.#targets.targets);
    this.#readiness.keepOnly(this.#targets.targets);
    for (const target of removalsFirst(this.#targets.targets))
      if (!this.#isLeftAlone(sourceOf(target.file))) this.#passes.consider(target, due, snapshot);
    this.#ticks += 1;
  }

  /** Of what is left alone, it is no news that nothing is known. */
  #minded(): ManifestSnapshot {
    const { directories } = this.#manifests.last;
    return { directories: directories.filter(({ directory }) => !this.#isLeftAlone(directory)) };
  }

  #isLeftAlone(source: string): boolean {
    return this.#options.leavesAlone?.(source) ?? false;
  }

  #find({ own, foreign, number, pods }: Snapshot): Targets {
    return findTargets({
      manifests: this.#manifests.last,
      records: this.#known.recordsUnder(this.#targets.targets),
      ...{ own, foreign, pods },
      newUid: (key) => this.#known.newUid(key),
      usedBy: (pod) => this.#manifests.usedBy(pod),
      lastRead: (uid) => this.#lastRead(uid),
      making: this.#passes.making(number),
      finished: this.#passes.finished(),
      readinessOf: (uid) => this.#readiness.of(uid),
      ...(this.#shutdown && { shutdown: this.#shutdown }),
    });
  }

  /** Who waits for a pod is not kept waiting for the next interval. */
  #noteEndOfPass(uid: PodUid): void {
    const isNews = this.#readiness.note(uid, this.#passes.last(uid));
    if (isNews)
      for (const waiting of waitingFor(uid, this.#targets.targets)) this.#wake.pod(waiting, 'another pod');
    this.#announce();
  }

  #lastRead(uid: PodUid): Pod | undefined {
    const target = this.#targets.targets.get(uid);
    return target?.kind === 'run' ? target.pod : undefined;
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}

function removalsFirst(targets: ReadonlyMap<PodUid, Target>): Target[] {
  const all = [...targets.values()];
  return [...all.filter(({ kind }) => kind !== 'run'), ...all.filter(({ kind }) => kind === 'run')];
}
