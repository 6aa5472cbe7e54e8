import type { HookRun } from '../lifecycle/index.ts';
import type { WorkObserver } from '../metrics/index.ts';
import { type Action, failureReason } from '../plan/index.ts';
import { nothingObserved, type Pod, type PodObservation, type PodUid, type TellEvent } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { PassReport } from '../status/index.ts';
import type { Target, Wait } from '../targets/index.ts';
import { observeAction } from './observe-action.ts';
import { type PassAgain, type PassBegin, PassHistory } from './pass-history.ts';
import { type EventSubject, eventOfFailedHook, eventsOfAction, eventsOfWaits } from './pod-events.ts';

/** A pass that has decided. */
export interface Decision extends PassBegin {
  readonly target: Target;
  readonly record: PodRecord | undefined;
}

export interface ActionEnd {
  readonly durationMs: number;
  /** What went wrong, and in words that anybody may read. */
  readonly failure?: { readonly error: unknown; readonly message: string };
}

/** What is told of one pod's passes: events for everybody, and the last passes for whoever asks why. */
export class PodChronicle {
  readonly #uid: PodUid;
  readonly #tell: TellEvent;
  readonly #observer: WorkObserver;
  readonly #history = new PassHistory();
  #subject: EventSubject | undefined;
  #record: PodRecord | undefined;
  #observed: PodObservation = nothingObserved;
  #waits: readonly Wait[] = [];

  constructor(uid: PodUid, tell: TellEvent, observer: WorkObserver) {
    this.#uid = uid;
    this.#tell = tell;
    this.#observer = observer;
  }

  /** The last passes, the oldest first. */
  get passes(): readonly PassReport[] {
    return this.#history.report();
  }

  decided({ target, record, ...pass }: Decision): void {
    const { waits } = pass.plan;
    const subject = this.#subjectOf(target, record?.pod);
    this.#subject = subject;
    this.#record = record;
    this.#observed = pass.observed;
    this.#history.begin(pass);
    for (const event of eventsOfWaits(subject, this.#waits, waits)) this.#tell(event);
    this.#waits = waits;
  }

  /** A pass has found all as the one before it, which had nothing to do. */
  again(pass: PassAgain): void {
    this.#history.again(pass);
  }

  begun(action: Action): void {
    this.#tellOf(action, { stage: 'begun' });
  }

  ended(action: Action, { durationMs, failure }: ActionEnd): void {
    if (failure === undefined) {
      this.#history.note({ outcome: 'done', durationMs });
      this.#tellOf(action, { stage: 'done' });
      if (action.type === 'save-record') this.#record = action.record;
      return;
    }
    this.#history.note({ outcome: 'failed', durationMs, error: failure.message });
    this.failed(action, failure);
  }

  /** Something that was begun and went on beside the passes. */
  failed(action: Action, { error, message }: NonNullable<ActionEnd['failure']>): void {
    this.#tellOf(action, { stage: 'failed', reason: failureReason(action, error), message });
  }

  hookFailed(run: HookRun): void {
    if (this.#subject !== undefined) this.#tell(eventOfFailedHook(this.#subject, run));
  }

  /** No more of the pass's actions are done. */
  passEnded(): void {
    this.#history.end();
  }

  /** The pod could not be looked at. */
  blind(pass: PassAgain, error: string): void {
    this.#history.blind(pass, error);
  }

  #tellOf(action: Action, stage: Parameters<typeof eventsOfAction>[2]): void {
    if (this.#subject === undefined) return;
    observeAction(this.#observer, action, stage, this.#subject.pod);
    const context = { record: this.#record, observed: this.#observed };
    for (const event of eventsOfAction(this.#subject, action, stage, context)) this.#tell(event);
  }

  #subjectOf(target: Target, recorded: Pod | undefined): EventSubject {
    const pod = recorded ?? (target.kind === 'run' ? target.pod : undefined);
    const [namespace = '', name = ''] =
      target.kind === 'run'
        ? [target.pod.metadata.namespace, target.pod.metadata.name]
        : target.key.split('/');
    return { uid: this.#uid, namespace, name, pod };
  }
}
