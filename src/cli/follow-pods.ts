import { sleep } from '../base/index.ts';
import { humanAge, type NodeReport, type PodReport } from '../status/index.ts';
import type { PodName, Program } from './program.ts';
import { createProgress, type Progress } from './progress.ts';

export interface FollowedPods {
  readonly apiSocket: string;
  /** Which pods are waited for; asked anew at every look. */
  wanted(pod: PodName): boolean;
}

/** What is done within this needs no progress. */
const FIRST_LOOK_MS = 400;
const LOOK_MS = 1000;

/**
 * Shows on a terminal what pods wait for, until the function it returns is called, which takes the line away. It begins by itself,
 * never fails, and asks a daemon for nothing where stderr is no terminal. Call it in `finally`, before anything else is printed.
 */
export function followPods(program: Program, followed: FollowedPods): () => void {
  if (!program.terminal.stderrIsTerminal) return () => undefined;
  const stopped = new AbortController();
  const progress = createProgress(program);
  void follow(program, { followed, progress, signal: stopped.signal });
  return () => {
    stopped.abort();
    progress.done();
  };
}

/**
 * Chooses those pods that wait for nothing now, or are not there yet: of whose waiting this command is the cause. All, where no daemon
 * tells, and where nobody will be shown.
 */
export async function restingPods(program: Program, apiSocket: string): Promise<(pod: PodName) => boolean> {
  if (!program.terminal.stderrIsTerminal) return () => true;
  const report = await program.fetchStatus(apiSocket).catch(() => undefined);
  const keyOf = ({ namespace, name }: PodName): string => `${namespace}/${name}`;
  const restless = report?.pods.filter((pod) => awaitedOf(pod) !== undefined).map(keyOf);
  const known = new Set(restless ?? []);
  return (pod) => !known.has(keyOf(pod));
}

interface Following {
  readonly followed: FollowedPods;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function follow(program: Program, { followed, progress, signal }: Following): Promise<void> {
  const { clock } = program;
  let subject = '';
  let sinceMs = clock.monotonicMs();
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = LOOK_MS) {
    await sleep(clock, pauseMs, signal);
    if (signal.aborted) return;
    // A daemon that does not answer is the affair of the command itself.
    const report = await program.fetchStatus(followed.apiSocket).catch(() => undefined);
    if (signal.aborted) return;
    const line = report === undefined ? '' : progressOf(report, followed);
    if (line !== subject) [subject, sinceMs] = [line, clock.monotonicMs()];
    if (line === '') progress.done();
    else progress.note(line, humanAge(clock.monotonicMs() - sinceMs));
  }
}

/** The first pod that is not there yet, and how many others are not; empty where all are. */
function progressOf({ pods }: NodeReport, { wanted }: FollowedPods): string {
  const awaited = pods.filter(wanted).flatMap((pod) => {
    const what = awaitedOf(pod);
    return what === undefined ? [] : [`${pod.namespace}/${pod.name}: ${what}`];
  });
  const [first = '', ...others] = awaited;
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}

/** Reasons that say less than the message beside them. */
const VAGUE = ['ContainerCreating', 'PodInitializing'];

function awaitedOf({ waiting, words, terminating, phase }: PodReport): string | undefined {
  if (terminating) return 'Terminating';
  const [wait] = waiting;
  if (wait !== undefined) {
    if (wait.message === '') return wait.reason;
    return VAGUE.includes(wait.reason) ? wait.message : `${wait.reason}: ${wait.message}`;
  }
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const [ready, all] = words.ready.split('/');
  return ready === all ? undefined : `${words.ready} ready`;
}
