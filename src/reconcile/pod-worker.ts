import { type Clock, hasCode, type Logger, messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { ImageKeeper } from '../images/index.ts';
import type { HookRun, HookState, Lifecycle, StopRun } from '../lifecycle/index.ts';
import type { PodLogs } from '../logs/index.ts';
import type { WorkObserver } from '../metrics/index.ts';
import {
  type Action,
  type Basis,
  begun,
  done,
  type Failure,
  failedOnceMore,
  failureKey,
  failureReason,
  isAsBefore,
  isAtRest,
  noteTrial,
  type Plan,
  type PlanInput,
  type Prepared,
  planPod,
  type Surroundings,
  stopFailureKey,
  stoppedIn,
  type Trial,
} from '../plan/index.ts';
import {
  type ContainerId,
  everyContainer,
  nothingObserved,
  type OwnerId,
  type Pod,
  type PodKey,
  type PodObservation,
  type PodUid,
  podKey,
  type TellEvent,
} from '../pod/index.ts';
import { envFilesOf, podLogDirectory } from '../podspec/index.ts';
import type { PodProbes } from '../probes/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { PassReport } from '../status/index.ts';
import type { RunTarget, Target } from '../targets/index.ts';
import type { PodVolumes } from '../volumes/index.ts';
import { describeAction, isBookkeeping } from './describe-action.ts';
import { type ExecutePorts, execute } from './execute.ts';
import { hideSecretsOf } from './hide-secrets.ts';
import { nothingWanted, PodObserver, type WantedView } from './observer.ts';
import type { PassAgain } from './pass-history.ts';
import { passStatus, type ToldStatus } from './pass-status.ts';
import { PodChronicle } from './pod-chronicle.ts';
import { PodStart } from './pod-start.ts';
import { probedPod } from './probed-pod.ts';
import { emptyPart, type Snapshot } from './snapshot.ts';
import type { Trigger } from './wake.ts';

export interface WorkerPorts extends ExecutePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cri: Cri;
  readonly logs: PodLogs;
  readonly images: Pick<ImageKeeper, 'ensure' | 'release' | 'forget' | 'state' | 'retry'>;
  readonly volumes: PodVolumes;
  readonly probes: PodProbes;
  readonly lifecycle: Lifecycle;
  /** Hears what happens to pods. */
  readonly tell: TellEvent;
  readonly observer: WorkObserver;
  /** The longest CrashLoopBackOff. */
  readonly crashLoopMaxMs: number;
  readonly owner: OwnerId;
  readonly logDir: string;
  readonly rootDir: string;
  readonly surroundings: () => Surroundings;
  /** The first host id of a pod's user namespace. */
  readonly usersBase: (uid: PodUid) => number;
  readonly draining: () => boolean;
  /** The pod's record as it is now. */
  readonly record: (uid: PodUid) => PodRecord | undefined;
}

/** What the last pass that found anything new saw and decided, for the report. */
export interface LastPass {
  readonly target: Target;
  readonly observed: PodObservation;
  readonly plan: Plan;
  /** Undefined where the manifest is lost, or the pod could not be looked at so far. */
  readonly told: ToldStatus | undefined;
}

/** One pod's passes: observe, plan, execute; one at a time. Remembers only what may be forgotten. */
export class PodWorker {
  readonly uid: PodUid;
  readonly #ports: WorkerPorts;
  readonly #observer: PodObserver;
  readonly #failures = new Map<string, Failure>();
  /** Containers that the runtime said it had stopped. */
  readonly #stopped = new Set<ContainerId>();
  readonly #chronicle: PodChronicle;
  readonly #start: PodStart;
  #prepared: Prepared = {};
  #trial: Trial | undefined;
  #wanted: RunTarget | undefined;
  #lastActions = '';
  /** What the last plan was made from, if there was nothing to do and nothing to wait for. */
  #settled: Basis | undefined;
  #view:
    | { readonly pod: Pod; readonly record: PodRecord | undefined; readonly wanted: WantedView }
    | undefined;
  last: LastPass | undefined;

  constructor(uid: PodUid, ports: WorkerPorts) {
    this.uid = uid;
    this.#ports = ports;
    this.#chronicle = new PodChronicle(uid, ports.tell, ports.observer);
    this.#start = new PodStart(uid, ports);
    this.#observer = new PodObserver(uid, { ...ports, hide: (text) => this.hide(text) });
  }

  /** The pod, if at the last look it had no live sandbox and nothing was to be done or waited for: it has run to its end. */
  get finishedTarget(): RunTarget | undefined {
    if (this.last?.target.kind !== 'run') return undefined;
    const { target, observed, plan } = this.last;
    const isIdle = plan.actions.length === 0 && plan.waits.length === 0;
    return isIdle && observed.sandboxes.every(({ state }) => state !== 'ready') ? target : undefined;
  }

  /** The last passes, the oldest first. */
  get passes(): readonly PassReport[] {
    return this.#chronicle.passes;
  }

  /** What has ended by itself need not be stopped any more. */
  #forgetStops({ containers }: PodObservation): void {
    const alive = containers.filter(({ state }) => state === 'running' || state === 'unknown');
    for (const key of this.#failures.keys()) {
      const id = stoppedIn(key);
      if (id !== undefined && alive.every((each) => each.id !== id)) this.#failures.delete(key);
    }
  }

  /** Looks and decides, touching nothing. Rejects when the runtime does not answer. */
  async decide(target: Target, snapshot: Snapshot, triggers: Iterable<Trigger> = []): Promise<Plan> {
    if (target.kind === 'run') this.#noteEdit(target);
    const observed = await this.#observe(target, snapshot);
    const { images, clock, owner, logDir, rootDir, record, usersBase } = this.#ports;
    const { probes, lifecycle, crashLoopMaxMs } = this.#ports;
    const surroundings = this.#ports.surroundings();
    const pass = { triggers, atMs: clock.nowMs(), snapshot: snapshot.number };
    const basis = {
      ...{ target, observed, surroundings, record: record(this.uid) },
      ...{ prepared: this.#prepared, health: probes.health(this.uid), failures: this.#failures },
    };
    if (this.#settled !== undefined && this.last !== undefined && isAsBefore(basis, this.#settled)) {
      this.#chronicle.again(pass);
      return this.last.plan;
    }
    const present = new Set(observed.containers.map(({ id }) => id));
    lifecycle.keepOnly(this.uid, present);
    for (const id of this.#stopped) if (!present.has(id)) this.#stopped.delete(id);
    this.#forgetStops(observed);
    const probed = probedPod({ target, record: record(this.uid), observed, surroundings });
    if (probed !== undefined) probes.sync(probed);
    const seen: PlanInput = {
      ...basis,
      health: probes.health(this.uid),
      hook: (id, hook) => lifecycle.hookState(id, hook),
      isStopping: (id) => lifecycle.isStopping(id),
      crashLoopMaxMs,
      usersBase,
      image: (need) => images.state(need),
      nowMs: pass.atMs,
      ...{ owner, logDir, rootDir },
    };
    this.#trial = noteTrial(this.#trial, seen, clock.monotonicMs());
    const input: PlanInput = { ...seen, trial: this.#trial };
    const plan = planPod(input);
    const told = this.#tell(target, observed, plan);
    this.last = { target, observed, plan, told };
    this.#start.note(told, observed, input.record !== undefined);
    this.#settled = isAtRest(plan) && this.#trial === undefined ? input : undefined;
    this.#chronicle.decided({ ...pass, target, record: basis.record, observed, plan });
    return plan;
  }

  #tell(target: Target, observed: PodObservation, { waits }: Plan): ToldStatus | undefined {
    const { probes, lifecycle, record, clock, surroundings } = this.#ports;
    const hookEnd = (id: ContainerId): 'done' | 'failed' | undefined => {
      const { state } = lifecycle.hookState(id, 'postStart');
      return state === 'done' || state === 'failed' ? state : undefined;
    };
    return passStatus({
      ...{ target, observed, waits, hookEnd, record: record(this.uid), before: this.last?.told },
      health: probes.health(this.uid),
      node: surroundings().node,
      nowMs: clock.nowMs(),
    });
  }

  /**
   * A stop that was begun has ended: well, or so that it is tried again in a while. Returns whether the pod is worth a look at once: a
   * runtime that says a second time that it has stopped what runs on is asked again at the next interval.
   */
  noteStopEnd(run: StopRun, error: unknown): boolean {
    if (error === undefined) {
      this.#failures.delete(stopFailureKey(run.id));
      const isNews = !this.#stopped.has(run.id);
      this.#stopped.add(run.id);
      return isNews;
    }
    const action: Action = { type: 'begin-stop', stop: run };
    const message = this.hide(messageOf(error));
    this.#remember(action, error, message);
    this.#chronicle.failed(action, { error, message });
    return true;
  }

  /** A hook that was begun has ended. */
  noteHookEnd(run: HookRun, { state }: HookState): void {
    if (state === 'failed') this.#chronicle.hookFailed(run);
  }

  /** The pod could not be looked at: what was seen last stays, and the reason is shown. Returns whether it is a new one. */
  noteBlindness(target: Target, message: string, pass: Omit<PassAgain, 'atMs'>): boolean {
    const isNews = this.last?.plan.waits[0]?.message !== message;
    const plan: Plan = { actions: [], waits: [{ reason: 'FailedSync', message }] };
    const { observed = nothingObserved, told } = this.last ?? {};
    this.last = { target, observed, plan, told };
    this.#settled = undefined;
    this.#chronicle.blind({ ...pass, atMs: this.#ports.clock.nowMs() }, message);
    return isNews;
  }

  /**
   * Does the plan's actions in order, up to the first that fails. Rejects never: a failure is remembered for the next plan. Resolves to
   * whether it is worth looking again at once: a plan that was done and comes a second time unchanged had no effect, so it can wait.
   * After a failure the next plan waits, and tells what for.
   */
  async act(plan: Plan, target: Target): Promise<boolean> {
    const text = JSON.stringify(plan.actions);
    const isNews = text !== this.#lastActions;
    const done = await this.#actAll(plan, target);
    this.#chronicle.passEnded();
    this.#lastActions = done ? text : '';
    return isNews;
  }

  /** Resolves to whether all of it was done. */
  async #actAll(plan: Plan, target: Target): Promise<boolean> {
    for (const action of plan.actions) {
      if (this.#isOver(target)) return false;
      if (!(await this.#attempt(action, target))) return false;
    }
    return true;
  }

  /** Nothing more is done by this pass: the daemon ends, or the pod that it makes things for was deleted. */
  #isOver({ kind }: Target): boolean {
    const isDeleted = this.#ports.record(this.uid)?.deletionStartedAtMs !== undefined;
    return this.#ports.draining() || (kind === 'run' && isDeleted);
  }

  async #attempt(action: Action, target: Target): Promise<boolean> {
    const { clock, logger } = this.#ports;
    const startedMs = clock.monotonicMs();
    const facts = { pod: keyOf(target), uid: this.uid, ...describeAction(action) };
    try {
      this.#prepared = begun(this.#prepared, action);
      this.#chronicle.begun(action);
      await execute(action, { ...this.#ports, draining: () => this.#isOver(target) });
      this.#prepared = done(this.#prepared, action, this.#inForce(target));
      if (action.type !== 'begin-stop') this.#failures.delete(failureKey(action));
      const level = isBookkeeping(action) ? 'debug' : 'info';
      const durationMs = Math.round(clock.monotonicMs() - startedMs);
      this.#chronicle.ended(action, { durationMs });
      logger[level]({ ...facts, durationMs }, 'action done');
      return true;
    } catch (error) {
      // Cancelled by our own shutdown, or not begun for what was deleted meanwhile: nothing failed.
      if (this.#isOver(target) && hasCode(error, 'CRI_CANCELLED')) return false;
      const message = this.hide(messageOf(error));
      this.#remember(action, error, message);
      const durationMs = Math.round(clock.monotonicMs() - startedMs);
      this.#chronicle.ended(action, { durationMs, failure: { error, message } });
      logger.warn({ ...facts, err: message }, 'action failed');
      return false;
    }
  }

  /** The target with the version that is in force, which is on record. */
  #inForce(target: Target): Target {
    const pod = this.#ports.record(this.uid)?.pod;
    return target.kind === 'run' && pod !== undefined ? { ...target, pod } : target;
  }

  /** Also when the pod goes: by what was last wanted of it. */
  hide(text: string): string {
    return this.#wanted === undefined ? text : hideSecretsOf(text, this.#wanted);
  }

  #remember(action: Action, error: unknown, message: string): void {
    const key = failureKey(action);
    const now = {
      nowMs: this.#ports.clock.nowMs(),
      reason: failureReason(action, error),
      message,
    };
    this.#failures.set(key, failedOnceMore(this.#failures.get(key), now));
  }

  /** An edited manifest, or an object that changed, may have mended what failed: it is tried at once. */
  #noteEdit(target: RunTarget): void {
    const before = this.#wanted;
    this.#wanted = target;
    if (before === undefined || (before.pod === target.pod && before.uses === target.uses)) return;
    this.#failures.clear();
    this.#ports.images.retry(this.uid);
  }

  #observe(target: Target, snapshot: Snapshot): Promise<PodObservation> {
    const part = snapshot.pods.get(this.uid) ?? emptyPart;
    if (target.kind !== 'run' && part === emptyPart) return Promise.resolve(nothingObserved);
    return this.#observer.observe(part, target.kind === 'run' ? this.#wantedOf(target.pod) : nothingWanted);
  }

  /** Worked out once for each version and record, so that a converged pass costs nothing. */
  #wantedOf(pod: Pod): WantedView {
    const record = this.#ports.record(this.uid);
    if (this.#view?.pod !== pod || this.#view.record !== record)
      this.#view = { pod, record, wanted: this.#viewOf(pod, record) };
    return this.#view.wanted;
  }

  /** What the version in force needs to be looked at, and one that is to follow it. */
  #viewOf(pod: Pod, record: PodRecord | undefined): WantedView {
    const pods = record === undefined || record.pod === pod ? [pod] : [record.pod, pod];
    const containers = pods.flatMap(everyContainer);
    return {
      containers: [...new Set(containers.map(({ name }) => name))],
      logDirectory: podLogDirectory(this.#ports.logDir, { ...pod.metadata, uid: this.uid }),
      envFiles: pods.flatMap((each) =>
        everyContainer(each).flatMap((container) => envFilesOf(each, container)),
      ),
      // What an ended pod holds is of no account: another version begins with empty volumes.
      limited: record?.ended !== undefined ? [] : [...new Set(pods.flatMap(limitedVolumes))],
    };
  }
}

export function keyOf(target: Target): PodKey {
  return target.kind === 'run' ? podKey(target.pod.metadata) : target.key;
}

function limitedVolumes({ spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap(({ name, source }) =>
    source.kind === 'emptyDir' && source.medium === '' && source.sizeLimit !== undefined ? name : [],
  );
}
