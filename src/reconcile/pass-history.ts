import { actionWords, type Plan } from '../plan/index.ts';
import type { PodObservation } from '../pod/index.ts';
import { type ActionReport, type PassReport, timestamp, type WaitReport } from '../status/index.ts';
import type { Wait } from '../targets/index.ts';
import type { Trigger } from './wake.ts';

/** A pass of which nothing else is to be told. Times are epoch milliseconds. */
export interface PassAgain {
  readonly triggers: Iterable<Trigger>;
  readonly atMs: number;
  readonly snapshot: number;
}

/** A pass as it begins to act. */
export interface PassBegin extends PassAgain {
  readonly observed: PodObservation;
  readonly plan: Plan;
}

export type ActionOutcome =
  | { readonly outcome: 'done'; readonly durationMs: number }
  | { readonly outcome: 'failed'; readonly durationMs: number; readonly error: string };

interface Entry {
  readonly triggers: Set<Trigger>;
  readonly atMs: number;
  lastMs: number;
  count: number;
  snapshot: number;
  readonly observed: PodObservation | undefined;
  readonly plan: Plan;
  outcomes: ActionOutcome[];
  isOver: boolean;
  readonly error?: string;
  /** What was decided and what came of it, as text to compare with the next one. */
  text?: string;
}

/** How many are kept of one pod. */
const LENGTH = 20;

/**
 * The last passes of one pod, for whoever asks why something was done or was not. A pass that saw, decided and came to the same as the
 * one before counts as that one. Memory only.
 */
export class PassHistory {
  #entries: Entry[] = [];

  /** A pass has decided; its actions follow. */
  begin({ triggers, atMs, snapshot, observed, plan }: PassBegin): void {
    const isOver = plan.actions.length === 0;
    const entry = { lastMs: atMs, count: 1, outcomes: [], triggers: new Set(triggers) };
    this.#add({ ...entry, atMs, snapshot, observed, plan, isOver });
  }

  /** A pass has seen and decided the same as the last one, which had nothing to do. */
  again(pass: PassAgain): void {
    const last = this.#entries.at(-1);
    if (last !== undefined) count(last, pass);
  }

  /** The next action of the pass under way has ended. */
  note(outcome: ActionOutcome): void {
    this.#entries.at(-1)?.outcomes.push(outcome);
  }

  /** The pass under way has ended. */
  end(): void {
    const last = this.#entries.pop();
    if (last !== undefined) this.#add({ ...last, isOver: true });
  }

  /** The pod could not be looked at. */
  blind(begin: PassAgain, error: string): void {
    const { triggers, atMs, snapshot } = begin;
    const entry = { lastMs: atMs, count: 1, outcomes: [], triggers: new Set(triggers), isOver: true };
    this.#add({ ...entry, atMs, snapshot, observed: undefined, plan: { actions: [], waits: [] }, error });
  }

  /** The oldest first. */
  report(): readonly PassReport[] {
    return this.#entries.map(reportOf);
  }

  #add(entry: Entry): void {
    const before = this.#entries.at(-1);
    if (before !== undefined && entry.isOver && before.isOver && isSame(before, entry)) {
      count(before, entry);
      before.outcomes = entry.outcomes;
      return;
    }
    this.#entries = [...this.#entries, entry].slice(-LENGTH);
  }
}

/** Counts a pass as the one before it. */
function count(before: Entry, { triggers, atMs, snapshot }: PassAgain): void {
  for (const trigger of triggers) before.triggers.add(trigger);
  before.count += 1;
  before.lastMs = atMs;
  before.snapshot = snapshot;
}

function isSame(before: Entry, entry: Entry): boolean {
  return textOf(before) === textOf(entry);
}

/** Without times that differ from pass to pass though the same goes on. */
function textOf(entry: Entry): string {
  entry.text ??= JSON.stringify([
    entry.observed && observedWords(entry.observed),
    entry.plan.actions.map(actionWords),
    entry.plan.waits.map(({ container, reason, message, untilMs }) => [
      container,
      reason,
      untilMs ?? message,
    ]),
    entry.outcomes.map((each) => (each.outcome === 'failed' ? each.error : each.outcome)),
    entry.error,
  ]);
  return entry.text;
}

function reportOf(entry: Entry): PassReport {
  const { triggers, atMs, lastMs, count, snapshot, observed, plan, error } = entry;
  return {
    triggers: [...triggers],
    at: timestampMs(atMs),
    count,
    lastAt: timestampMs(lastMs),
    snapshot,
    observed: observed === undefined ? [] : observedWords(observed),
    actions: plan.actions.map((action, index) => ({
      action: actionWords(action),
      ...outcomeOf(entry, index),
    })),
    waiting: plan.waits.map(reportWait),
    ...(error !== undefined && { error }),
  };
}

function outcomeOf({ outcomes, isOver }: Entry, index: number): Omit<ActionReport, 'action'> {
  const known = outcomes[index];
  if (known !== undefined) return { ...known, durationMs: Math.round(known.durationMs) };
  return { outcome: !isOver && index === outcomes.length ? 'running' : 'skipped' };
}

export function reportWait({ container, reason, message, untilMs }: Wait): WaitReport {
  return {
    ...(container !== undefined && { container }),
    reason,
    message,
    ...(untilMs !== undefined && { until: timestamp(untilMs) }),
  };
}

/** The newest sandbox, and the newest instance of each container. */
function observedWords({ sandboxes, containers, containerDetails }: PodObservation): readonly string[] {
  const [sandbox] = sandboxes;
  const newest = new Map([...containers].reverse().map((container) => [container.name, container]));
  return [
    sandbox === undefined ? 'no sandbox' : `sandbox #${sandbox.attempt} ${sandbox.state}`,
    ...[...newest.values()].sort(byName).map(({ id, name, attempt, state }) => {
      const details = state === 'exited' ? containerDetails.get(id) : undefined;
      const end =
        details === undefined
          ? ''
          : ` with ${details.exitCode}${details.reason === '' ? '' : ` (${details.reason})`}`;
      return `${name} #${attempt} ${state}${end}`;
    }),
  ];
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** RFC 3339 with milliseconds. */
function timestampMs(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
