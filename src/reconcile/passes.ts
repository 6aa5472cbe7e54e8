import { messageOf } from '../base/index.ts';
import type { HookRun, HookState, StopRun } from '../lifecycle/index.ts';
import type { PassOperation } from '../metrics/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Pod, PodUid, UsedObjects } from '../pod/index.ts';
import type { PassReport } from '../status/index.ts';
import { isOther, type Target } from '../targets/index.ts';
import { keyOf, type LastPass, PodWorker, type WorkerPorts } from './pod-worker.ts';
import type { Snapshot } from './snapshot.ts';
import type { Due, Trigger, Wake } from './wake.ts';

export interface PassesPorts {
  readonly worker: WorkerPorts;
  readonly wake: Wake;
  readonly intervalMs: number;
  /** How many snapshots were begun so far. */
  readonly snapshotsBegun: () => number;
  /** Called after every pass that has found anything new. */
  readonly onEnd: (uid: PodUid) => void;
  /** Called when no pass is under way any more. */
  readonly onIdle: () => void;
}

interface Slot {
  readonly worker: PodWorker;
  busy: boolean;
  /** It became due during a pass: another one follows. */
  dirty: boolean;
  /** The highest snapshot number begun when the last pass ended: only later ones tell what it did. */
  newerThan: number;
  target: Target | undefined;
  /** What has made it due since its last pass began. */
  triggers: Set<Trigger>;
}

/**
 * Who is in a pass and who may begin one: one pass at a time for each pod, on a snapshot begun after the last one ended; a pod
 * that acted, or became due meanwhile, is due again.
 */
export class Passes {
  readonly #ports: PassesPorts;
  readonly #slots = new Map<PodUid, Slot>();
  readonly #inFlight = new Set<Promise<void>>();

  constructor(ports: PassesPorts) {
    this.#ports = ports;
  }

  /** Begins a pass if the pod is due and may have one; does not wait for it. */
  consider(target: Target, due: Due, snapshot: Snapshot): void {
    const slot = this.#slotFor(target.uid);
    const isChanged = isOther(target, slot.target);
    const isDue = due.pods === 'all' || due.pods.has(target.uid) || isChanged;
    for (const trigger of [...due.because, ...(due.becauseOf.get(target.uid) ?? [])])
      slot.triggers.add(trigger);
    if (isChanged) slot.triggers.add('manifest changed');
    if (isDue && slot.busy) slot.dirty = true;
    if (!isDue || slot.busy) return;
    if (slot.newerThan >= snapshot.number) {
      this.#ports.wake.pod(target.uid);
      return;
    }
    slot.busy = true;
    slot.dirty = false;
    slot.target = target;
    const pass = this.#pass(slot, target, snapshot);
    this.#inFlight.add(pass);
    void pass.then(() => {
      this.#inFlight.delete(pass);
      if (this.#inFlight.size === 0) this.#ports.onIdle();
    });
  }

  /** Forgets pods that nothing is wanted of any more. */
  keepOnly(targets: ReadonlyMap<PodUid, Target>): void {
    const { probes, lifecycle, observer } = this.#ports.worker;
    for (const [uid, slot] of this.#slots) {
      if (slot.busy || targets.has(uid)) continue;
      this.#slots.delete(uid);
      probes.forget(uid);
      lifecycle.keepOnly(uid, new Set());
      observer.podGone(uid);
    }
  }

  /** What was seen of the pod until now is not to be planned on any more. */
  outdate(uid: PodUid): void {
    const slot = this.#slots.get(uid);
    if (slot !== undefined) slot.newerThan = this.#ports.snapshotsBegun();
  }

  /** Returns whether the pod is worth a look at once. */
  noteStopEnd(run: StopRun, error: unknown): boolean {
    return this.#slots.get(run.uid)?.worker.noteStopEnd(run, error) ?? true;
  }

  noteHookEnd(run: HookRun, state: HookState): void {
    this.#slots.get(run.uid)?.worker.noteHookEnd(run, state);
  }

  /** Without what the pod has from Secrets. */
  hide(uid: PodUid, text: string): string {
    return this.#slots.get(uid)?.worker.hide(text) ?? text;
  }

  /** The last passes of a pod, the oldest first. */
  history(uid: PodUid): readonly PassReport[] {
    return this.#slots.get(uid)?.worker.passes ?? [];
  }

  /** Resolves when all passes that are under way now have ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  uids(): Iterable<PodUid> {
    return this.#slots.keys();
  }

  last(uid: PodUid): LastPass | undefined {
    return this.#slots.get(uid)?.worker.last;
  }

  /** The pod was looked at after its last change, and nothing is to be done now. */
  isSettled(uid: PodUid): boolean {
    const slot = this.#slots.get(uid);
    return slot !== undefined && !slot.busy && slot.worker.last?.plan.actions.length === 0;
  }

  /** Pods a sandbox of which may have come about after the snapshot of that number was begun, with the versions it may be of. */
  making(snapshotNumber: number): ReadonlyMap<PodUid, readonly Pod[]> {
    const making = new Map<PodUid, readonly Pod[]>();
    for (const { target, busy, newerThan } of this.#slots.values()) {
      if (target?.kind !== 'run' || !(busy || newerThan >= snapshotNumber)) continue;
      const versions = [target, target.standing].flatMap((version) =>
        version === undefined || version.blocked !== undefined ? [] : version.pod,
      );
      if (versions.length > 0) making.set(target.uid, versions);
    }
    return making;
  }

  /** Pods that have run to their end and given their sandbox back. */
  finished(): ReadonlyMap<Pod, UsedObjects> {
    const finished = [...this.#slots.values()].flatMap(({ worker }) => worker.finishedTarget ?? []);
    return new Map(finished.map(({ pod, uses }) => [pod, uses]));
  }

  async #pass(slot: Slot, target: Target, snapshot: Snapshot): Promise<void> {
    const { worker, triggers } = slot;
    const { clock, observer } = this.#ports.worker;
    const [operation, begunMs] = [operationOf(slot, target), clock.monotonicMs()];
    const { last } = worker;
    slot.triggers = new Set();
    let again = false;
    try {
      const plan = await worker.decide(target, snapshot, triggers);
      if (plan.actions.length > 0) again = await worker.act(plan, target);
      else this.#wakeAt(worker.uid, plan);
    } catch (error) {
      const facts = { pod: keyOf(target), uid: worker.uid, err: messageOf(error) };
      if (worker.noteBlindness(target, facts.err, { triggers, snapshot: snapshot.number }))
        this.#ports.worker.logger.warn(facts, 'pod cannot be observed');
    }
    observer.passed(operation, clock.monotonicMs() - begunMs);
    slot.newerThan = this.#ports.snapshotsBegun();
    slot.busy = false;
    if (again || slot.dirty) this.#ports.wake.pod(worker.uid, again ? 'again' : undefined);
    if (worker.last !== last) this.#ports.onEnd(worker.uid);
  }

  #wakeAt(uid: PodUid, plan: Plan): void {
    const { wake, intervalMs, worker } = this.#ports;
    const times = [...plan.waits.map(({ untilMs }) => untilMs), plan.wakeAtMs].filter(
      (time) => time !== undefined,
    );
    if (times.length === 0) return;
    const delayMs = Math.min(...times) - worker.clock.nowMs();
    // Within an interval the full pass may be too late; beyond it, it comes anyway.
    if (delayMs < intervalMs) worker.clock.setTimer(delayMs, () => wake.pod(uid, 'time'));
  }

  #slotFor(uid: PodUid): Slot {
    const known = this.#slots.get(uid);
    if (known !== undefined) return known;
    const worker = new PodWorker(uid, this.#ports.worker);
    const slot: Slot = {
      worker,
      busy: false,
      dirty: false,
      newerThan: 0,
      target: undefined,
      triggers: new Set(),
    };
    this.#slots.set(uid, slot);
    return slot;
  }
}

/** What a pass is for (kubelet: types.SyncPodType). */
function operationOf({ worker, triggers }: Slot, { kind }: Target): PassOperation {
  if (kind !== 'run') return 'kill';
  if (worker.last === undefined) return 'create';
  return triggers.has('manifest changed') ? 'update' : 'sync';
}
