import type { RunProgress } from '../api/index.ts';
import { type JsonObject, messageOf, objectAt, sleep, TinyletError, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import type { ApiKind } from './api-kinds.ts';
import { awaitObject, isGone } from './await-object.ts';
import { escapeControl } from './escape-control.ts';
import { followPods } from './follow-pods.ts';
import { type ImageRun, imagePod } from './image-pod.ts';
import { ImageStreams } from './image-streams.ts';
import { interruptedCode } from './interrupted.ts';
import { podPath } from './pod-path.ts';
import type { PodName, Program } from './program.ts';
import { RunWatch } from './run-watch.ts';

const PODS: ApiKind = {
  ...{ group: '', version: 'v1', kind: 'Pod', name: 'pods', singular: 'pod', namespaced: true },
  ...{ shortNames: [], categories: [], verbs: [] },
};

type Begun = RunProgress & { readonly state: 'running' | 'exited' };

export interface Door {
  readonly client: NodeClient;
  readonly apiSocket: string;
}

/**
 * Runs one container to its end, joined to our streams; resolves to its exit code. A signal, or a reader that has left, lets it go: with
 * `remove` its pod is deleted, and in any case where it never ran. Rejects where it could not be run or followed.
 */
export async function runImage(program: Program, door: Door, run: ImageRun): Promise<number> {
  const interrupted = program.untilInterrupted();
  const path = `/api/v1/namespaces/${encodeURIComponent(run.namespace)}/pods`;
  const body = JSON.stringify(imagePod(run));
  const made = await askApi(door.client, { method: 'POST', path, body });
  return new ImageRunner(program, { ...door, run, made, interrupted }).run();
}

interface Given extends Door {
  readonly run: ImageRun;
  /** The pod as the API has it. */
  readonly made: JsonObject;
  readonly interrupted: AbortSignal;
}

class ImageRunner {
  readonly #program: Program;
  readonly #given: Given;
  readonly #pod: PodName & { readonly uid: string };
  readonly #watch: RunWatch;
  /** Ends everything that listens. */
  readonly #leaving = new AbortController();

  constructor(program: Program, given: Given) {
    const metadata = objectAt(given.made, 'metadata');
    this.#program = program;
    this.#given = given;
    this.#pod = {
      ...{ namespace: textAt(metadata, 'namespace'), name: textAt(metadata, 'name') },
      uid: textAt(metadata, 'uid'),
    };
    this.#watch = new RunWatch(given.client, this.#pod, this.#leaving.signal);
  }

  async run(): Promise<number> {
    const { interrupted, run } = this.#given;
    let hasBegun = false;
    try {
      const running = this.#begin().then((begun) => {
        hasBegun = true;
        return this.#follow(begun);
      });
      const exitCode = await Promise.race([running, aborted(interrupted)]);
      return exitCode ?? interruptedCode(interrupted);
    } finally {
      this.#leaving.abort();
      if (run.remove || !hasBegun) await this.#remove();
      else this.#tellWhatStays();
    }
  }

  /** Resolves when the container runs, or has run. Rejects where it does not. */
  async #begin(): Promise<Begun> {
    const { apiSocket, run } = this.#given;
    const { namespace, name } = this.#pod;
    const stopShowing = followPods(this.#program, {
      apiSocket,
      wanted: (pod) => pod.namespace === namespace && pod.name === name,
    });
    const begun = new AbortController();
    const signal = AbortSignal.any([begun.signal, this.#leaving.signal]);
    this.#leaving.signal.addEventListener('abort', stopShowing, { once: true });
    try {
      const late = sleep(this.#program.clock, run.timeoutMs, signal).then(() => undefined);
      return begunOf(await Promise.race([this.#watch.until((progress) => progress), late]), run);
    } finally {
      begun.abort();
      stopShowing();
    }
  }

  async #follow({ state }: Begun): Promise<number> {
    const { client, run } = this.#given;
    const ended = (): Promise<RunProgress> =>
      this.#watch.until((now) => (now?.state === 'running' ? undefined : now));
    const { signal } = this.#leaving;
    const streams = new ImageStreams(this.#program, {
      ...{ client, ended, signal, pod: this.#pod, stdin: run.stdin },
    });
    const isRunning = state === 'running';
    const following = run.tty ? streams.throughTerminal(isRunning) : streams.apart(isRunning);
    const [end] = await Promise.all([ended(), following]);
    return exitOf(end);
  }

  /** Resolves when nothing of it is left: where no daemon is, nobody else would do the rest. */
  async #remove(): Promise<void> {
    const { client } = this.#given;
    const { clock, err } = this.#program;
    const { uid } = this.#pod;
    try {
      const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } });
      await askApi(client, { method: 'DELETE', path: podPath(this.#pod), body });
      await awaitObject({ client, clock, timeoutMs: undefined }, { kind: PODS, ...this.#pod }, isGone(uid));
    } catch (error) {
      if (isGoneAlready(error)) return;
      err(`tinylet: pod ${this.#name} cannot be deleted: ${escapeControl(messageOf(error))}\n`);
    }
  }

  /** Only to a terminal, unless it is news: a pipe has what the container writes, and nothing else. */
  #tellWhatStays(): void {
    const { terminal, err } = this.#program;
    const { namespace, name } = this.#pod;
    const isLeft = this.#given.interrupted.aborted;
    if (!isLeft && !terminal.stderrIsTerminal) return;
    const of = namespace === 'default' ? name : `${name} -n ${namespace}`;
    err(`tinylet: pod ${this.#name} ${isLeft ? 'goes on' : 'stays'}; tinylet delete pod ${of} removes it\n`);
  }

  get #name(): string {
    const { namespace, name } = this.#pod;
    return escapeControl(`${namespace}/${name}`);
  }
}

/** Throws where it will not run. */
function begunOf(progress: RunProgress | undefined, { timeoutMs }: ImageRun): Begun {
  if (progress === undefined) throw failure(`the container does not run after ${timeoutMs / 1000} s`);
  if (progress.state === 'failed') throw failure(`${progress.reason}: ${progress.message}`);
  if (progress.state === 'lost') throw failure(progress.message);
  if (progress.state === 'exited' && progress.reason === 'StartError')
    throw failure(progress.message ?? progress.reason);
  return progress;
}

function exitOf(end: RunProgress): number {
  if (end.state === 'exited') return end.exitCode;
  throw failure('message' in end ? end.message : 'its end was not seen');
}

function failure(message: string): TinyletError {
  return new TinyletError('RUN_FAILED', message);
}

function isGoneAlready(error: unknown): boolean {
  return error instanceof TinyletError && ['NotFound', 'Conflict'].includes(String(error.facts.reason));
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
