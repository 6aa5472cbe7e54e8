import { type JsonObject, messageOf, objectAt, sleep, type Timer, textAt } from '../../base/index.ts';
import type { ApiPorts, ObjectName } from '../ports.ts';
import { generateName } from '../verbs/generate-name.ts';
import { type RunFailure, runFailure } from './run-failure.ts';
import { RUN_CONTAINER, runPod } from './run-pod.ts';
import { type RunExit, type RunProgress, runProgress } from './run-progress.ts';
import type { RunRequest } from './run-request.ts';
import { untilPod } from './until-pod.ts';

export type RunPorts = Pick<
  ApiPorts,
  'objects' | 'writer' | 'logs' | 'streams' | 'clock' | 'newUid' | 'attendRun' | 'report'
>;

export interface RunTerms {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** To be called when nothing of the run can be running any more. */
  readonly release: () => void;
}

/** Takes a part of the output; what it is given is its own until it resolves. */
export type WriteOutput = (part: Uint8Array) => Promise<void>;

/** Whose run is over is not asked for its leave. */
const GRACE_SECONDS = 1;
/** SIGKILL, which is also how the kernel ends what has used too much memory. */
const KILLED = 137;
/** So long the runtime may take to hear that it was for memory (reconcile/observer.ts). */
const OOM_WORD_MS = 5_000;
/** So long it may take to hear of the end of what cannot be attached to any more. */
const END_WORD_MS = 30_000;
/** What is left of the output at the end may take so long, though the time of the run be over. */
const LAST_OUTPUT_MS = 30_000;

/** Why a run is given up though it goes on. */
type Cut = { readonly by: 'time' | 'client' } | { readonly by: 'fault'; readonly message: string };

/** One pod that runs to its end for one request: made, followed, and deleted whatever happens. */
export class Run {
  readonly #ports: RunPorts;
  readonly #request: RunRequest;
  readonly #terms: RunTerms;
  readonly #uid: string;
  readonly #pod: ObjectName;
  readonly #cutting = new AbortController();
  #cut: Cut | undefined;
  #begun: RunProgress | undefined;
  #timer: Timer | undefined;
  #untilMs = 0;
  #closed: Promise<void> | undefined;
  #forget: () => void = () => undefined;

  constructor(ports: RunPorts, request: RunRequest, terms: RunTerms) {
    this.#ports = ports;
    this.#request = request;
    this.#terms = terms;
    const { objects, newUid } = ports;
    const { namespace } = request;
    const isTaken = (name: string): boolean => objects.get('pods', namespace, name) !== undefined;
    this.#pod = { namespace, name: generateName('run-', newUid, isTaken) };
    this.#uid = newUid();
  }

  /**
   * Makes the pod. Resolves when its container has begun, to why it will not otherwise. Rejects with the ApiFailure of who refuses such a
   * pod. In both of these cases, all is cleared away already.
   */
  async begin(): Promise<RunFailure | undefined> {
    try {
      this.#begun = await this.#make();
    } catch (error) {
      await this.close();
      throw error;
    }
    if (hasBegun(this.#begun) && !this.#terms.signal.aborted) return undefined;
    // Its end, too, is told here to a client that went at this moment: the answer's body will not be asked for.
    await this.close();
    return this.#failureOf(this.#begun);
  }

  /** The output from its beginning, as `logs` gives it; resolves when the run is over and its pod deleted. Only after `begin`. */
  async follow(write: WriteOutput): Promise<RunExit | RunFailure> {
    try {
      return await this.#follow(write);
    } finally {
      await this.close();
    }
  }

  /** Deletes the pod, wherever it is; that is on record when this resolves. Safe to repeat. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #make(): Promise<RunProgress | undefined> {
    const { writer, clock, attendRun } = this.#ports;
    const { signal } = this.#terms;
    const { name } = this.#pod;
    this.#forget = attendRun(this.#uid);
    signal.addEventListener('abort', this.#onGone, { once: true });
    if (signal.aborted) this.#onGone();
    await writer.save('pods', runPod(this.#request, { name, uid: this.#uid, nowMs: clock.nowMs() }));
    const { timeoutMs } = this.#request;
    this.#untilMs = clock.monotonicMs() + timeoutMs;
    this.#timer = clock.setTimer(timeoutMs, () => this.#cutOff({ by: 'time' }));
    return this.#until((progress) => progress);
  }

  readonly #onGone = (): void => {
    this.#cutOff({ by: 'client' });
    // The answer's body may never be asked for.
    if (this.#begun !== undefined) void this.close();
  };

  #cutOff(cut: Cut): void {
    this.#cut ??= cut;
    this.#cutting.abort();
  }

  #until<T>(
    judge: (progress: RunProgress | undefined) => T | undefined,
    signal: AbortSignal = this.#cutting.signal,
  ): Promise<T | undefined> {
    return untilPod(this.#ports.objects, this.#pod, (pod) => judge(runProgress(pod, this.#uid)), signal);
  }

  async #follow(write: WriteOutput): Promise<RunExit | RunFailure> {
    const begun = this.#begun;
    if (!hasBegun(begun)) return this.#failureOf(begun);
    const fault = (what: string) => (error: unknown) =>
      this.#cutOff({ by: 'fault', message: `${what}: ${messageOf(error)}` });
    const reading = this.#tell(begun, write).catch(fault('the output cannot be read'));
    if (begun.state === 'running') void this.#feed().catch(fault('the input cannot be given'));
    const end = await this.#until((progress) => endOf(progress, begun));
    this.#timer?.cancel();
    if (end?.state !== 'exited') {
      this.#cutting.abort();
      await reading;
      return this.#failureOf(end);
    }
    const { clock } = this.#ports;
    const leftMs = Math.max(this.#untilMs - clock.monotonicMs(), LAST_OUTPUT_MS);
    const late = 'the container has ended, and its output is not taken';
    this.#timer = clock.setTimer(leftMs, () => this.#cutOff({ by: 'fault', message: late }));
    const [exit] = await Promise.all([this.#lastWord(end), reading]);
    if (exit.reason === 'DeadlineExceeded') return this.#failureOf(undefined);
    return this.#cut?.by === 'fault' || this.#cut?.by === 'client' ? this.#failureOf(undefined) : exit;
  }

  async #tell(begun: Begun, write: WriteOutput): Promise<void> {
    // What never began has written nothing, and may have no log.
    if (begun.state === 'exited' && begun.reason === 'StartError') return;
    const { containerId } = begun;
    const wish = { containerId, follow: true, timestamps: false, stream: 'All' } as const;
    const tell = await this.#ports.logs.read(wish);
    await tell((part) => this.#unlessCut(write(part)), this.#cutting.signal);
  }

  /** Who does not take what it asked for must not keep the run from its end. */
  #unlessCut(writing: Promise<void>): Promise<void> {
    const { signal } = this.#cutting;
    return new Promise((resolve, reject) => {
      const onCut = (): void => reject(new Error('it is not taken'));
      signal.addEventListener('abort', onCut, { once: true });
      const leave = (): void => signal.removeEventListener('abort', onCut);
      writing.then(resolve, reject).then(leave, leave);
      if (signal.aborted) onCut();
    });
  }

  /** What is left of it when the container ends, nobody will read. */
  async #feed(): Promise<void> {
    const { stdin } = this.#request;
    if (stdin === undefined) return;
    const over = new AbortController();
    const end = (): void => over.abort();
    void this.#until((progress) => (progress?.state === 'running' ? undefined : true)).then(end, end);
    try {
      const container = { podUid: this.#uid, container: RUN_CONTAINER };
      const flags = { stdin: true, stdout: false, stderr: false, tty: false };
      const url = await this.#ports.streams.attach(container, flags);
      const { feedInput } = await import('../../streaming/index.ts');
      await feedInput({ url, input: Buffer.from(stdin), signal: over.signal });
    } catch (error) {
      // What has ended takes no input; that it has is seen in a moment.
      const { clock } = this.#ports;
      await sleep(clock, END_WORD_MS, over.signal);
      if (!over.signal.aborted) throw error;
    }
  }

  /** Only what has a limit is killed for it. The word of that may come after the end. */
  async #lastWord(exit: RunExit): Promise<RunExit> {
    const isLimited = objectAt(this.#request.resources, 'limits').memory !== undefined;
    if (exit.exitCode !== KILLED || exit.reason !== undefined || !isLimited) return exit;
    const waiting = new AbortController();
    const heard = new AbortController();
    void sleep(this.#ports.clock, OOM_WORD_MS, heard.signal).then(() => waiting.abort());
    const signal = AbortSignal.any([this.#terms.signal, waiting.signal]);
    const last = await this.#until(
      (now) => (now?.state === 'exited' && now.reason === undefined ? undefined : now),
      signal,
    );
    heard.abort();
    return last?.state === 'exited' ? last : exit;
  }

  #failureOf(progress: RunProgress | undefined): RunFailure {
    if (progress?.state === 'failed') return runFailure(502, progress.reason, progress.message);
    if (progress?.state === 'lost') return runFailure(409, 'Conflict', progress.message);
    switch (this.#cut?.by) {
      case 'client':
        return runFailure(503, 'ServiceUnavailable', 'the daemon ends, and the run with it');
      case 'fault':
        return runFailure(500, 'InternalError', this.#cut.message);
      default:
        return runFailure(504, 'DeadlineExceeded', this.#timeoutMessage());
    }
  }

  #timeoutMessage(): string {
    const told = `the run was ended after ${this.#request.timeoutMs / 1000} s`;
    return this.#begun === undefined ? `${told}, before its container had begun${this.#waits()}` : told;
  }

  #waits(): string {
    const pod = this.#ports.report().pods.find(({ uid }) => uid === this.#uid);
    return (pod?.waiting ?? []).map(({ reason, message }) => `; ${reason}: ${message}`).join('');
  }

  async #close(): Promise<void> {
    const { objects, writer } = this.#ports;
    this.#timer?.cancel();
    this.#terms.signal.removeEventListener('abort', this.#onGone);
    const { namespace, name } = this.#pod;
    if (isOf(objects.get('pods', namespace, name), this.#uid))
      // What cannot be deleted now is what daemon/one-shot-pods.ts tries again.
      await writer
        .delete('pods', this.#pod, { uid: this.#uid, gracePeriodSeconds: GRACE_SECONDS })
        .catch(() => undefined);
    this.#forget();
    const { release } = this.#terms;
    void this.#gone().then(release, release);
  }

  /** Resolves when nothing of it runs any more. */
  #gone(): Promise<unknown> {
    const { signal } = new AbortController();
    return untilPod(
      this.#ports.objects,
      this.#pod,
      (pod) => !isOf(pod, this.#uid) || runProgress(pod, this.#uid)?.state === 'exited' || undefined,
      signal,
    );
  }
}

type Begun = RunProgress & { readonly containerId: string };

function hasBegun(progress: RunProgress | undefined): progress is Begun {
  return progress?.state === 'running' || progress?.state === 'exited';
}

/** Undefined while the container runs that was the first one. */
function endOf(progress: RunProgress | undefined, { containerId }: Begun): RunProgress | undefined {
  if (progress?.state !== 'running') return progress;
  if (progress.containerId === containerId) return undefined;
  return { state: 'lost', message: 'the pod of the run was changed while it ran' };
}

function isOf(pod: JsonObject | undefined, uid: string): boolean {
  return pod !== undefined && textAt(pod.metadata, 'uid') === uid;
}
