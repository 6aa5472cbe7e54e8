import { setMaxListeners } from 'node:events';
import { type Clock, hasCode, silentLogger } from '../../src/base/index.ts';
import type { CallName, Invoke } from '../../src/cri/calls.ts';
import { criOver } from '../../src/cri/cri-over.ts';
import { criError } from '../../src/cri/failure.ts';
import { createRunHook, type RunHook } from '../../src/lifecycle/index.ts';
import type { ProbeCall, ProbeOutcome, RunProbe } from '../../src/probes/index.ts';
import { Reconciler, type ReconcilerPorts } from '../../src/reconcile/index.ts';
import { ModelFailure } from '../fakes/model-failure.ts';
import type { World } from './world.ts';

/** Shorter than the real ones, so that a run of two minutes sees several. */
const CALL_DEADLINE_MS = 10_000;
const RUN_SANDBOX_DEADLINE_MS = 20_000;
const CALLS_AT_ONE_INSTANT = 1_000;

export const INTERVAL_MS = 2_000;
export const LOG_DIR = '/var/log/pods';

/** One life of the daemon: the real reconciler, and a way to cut it off from the world between two instants. */
export class Daemon {
  readonly reconciler: Reconciler;
  readonly #world: World;
  readonly #life = new AbortController();
  readonly #realHook: RunHook;
  #cut = false;
  #instant = { atMs: 0, calls: 0 };

  constructor(world: World) {
    this.#world = world;
    // Every call that is under way listens.
    setMaxListeners(0, this.#life.signal);
    const [clock, cri] = [this.#clock(), criOver(this.#invoke)];
    this.#realHook = createRunHook({ cri, clock });
    const ports: ReconcilerPorts = {
      ...{ clock, cri, random: world.random.fork(), logger: silentLogger },
      manifests: this.#gated({ load: () => world.loadManifests() }),
      records: this.#gated(world.records),
      objectRecords: this.#gated(world.objectRecords),
      logs: this.#gated(world.logs),
      volumes: this.#gated(world.volumes),
      cgroups: this.#gated(world.cgroups),
      node: this.#gated({ facts: async () => world.node }),
      runProbe: this.#runProbe,
      runHook: this.#runHook,
    };
    this.reconciler = new Reconciler(world.alter?.(ports, world) ?? ports, {
      owner: world.facts.owner,
      adopted: [],
      intervalMs: INTERVAL_MS,
      logDir: LOG_DIR,
      rootDir: '/var/lib/tinylet',
      nodeName: 'node',
      version: '0.0.0',
      maxParallelStarts: 2,
      maxParallelPulls: 2,
      ...(world.crashLoopMaxMs !== undefined && { crashLoopMaxMs: world.crashLoopMaxMs }),
    });
  }

  hint(id: string): void {
    if (!this.#cut) this.reconciler.hint(id);
  }

  hintManifests(): void {
    if (!this.#cut) this.reconciler.hintManifests();
  }

  /** `kill -9`: nothing it does from now on counts, and the runtime sees its calls break off. */
  cut(): void {
    this.#cut = true;
    this.#life.abort();
  }

  #invoke: Invoke = async (call, request, options) => {
    if (this.#cut || this.#isBusyLoop()) return never();
    const { signal } = options ?? {};
    const given = { signal, life: this.#life.signal, deadlineMs: deadlineOf(call, request) };
    try {
      const answer = await this.#world.model.invoke(call, request, given);
      return this.#cut ? await never() : answer;
    } catch (failure) {
      if (this.#cut) return never();
      if (!(failure instanceof ModelFailure)) throw failure;
      throw criError(failure, {
        call,
        socketPath: '/run/model.sock',
        cancelledByUs: signal?.aborted === true,
      });
    }
  };

  /** The real one, seen from outside. */
  #runHook: RunHook = async (run, signal) => {
    if (this.#cut) return never();
    this.#world.safety.noteHookBegin(run, this);
    const [end] = await Promise.allSettled([this.#realHook(run, signal)]);
    if (this.#cut) return never();
    this.#world.safety.noteHookEnd(run, end?.status === 'rejected');
    if (end?.status === 'rejected') throw end.reason;
  };

  /** Commands go through the runtime; what asks over the network asks the container itself, and is answered at once. */
  #runProbe: RunProbe = async (call, signal) => {
    const outcome = await this.#probe(call, signal);
    if (this.#cut) return never();
    this.#world.safety.noteProbe(call, outcome);
    return outcome;
  };

  async #probe({ id, kind, probe }: ProbeCall, signal: AbortSignal): Promise<ProbeOutcome> {
    const outcome = (isGood: boolean): ProbeOutcome => ({
      result: isGood ? 'success' : 'failure',
      message: kind,
    });
    if (probe.handler.kind !== 'exec') return outcome(this.#world.answers(id, kind));
    const { command } = probe.handler;
    const options = { signal, timeoutSeconds: probe.timeoutSeconds };
    try {
      return outcome((await criOver(this.#invoke).execSync(id, command, options)).exitCode === 0);
    } catch (error) {
      if (hasCode(error, 'CRI_DEADLINE')) return outcome(false);
      throw error;
    }
  }

  /** Too much at one instant: without this a loop that no time passes in would never come back. */
  #isBusyLoop(): boolean {
    const nowMs = this.#world.clock.monotonicMs();
    if (this.#instant.atMs !== nowMs) this.#instant = { atMs: nowMs, calls: 0 };
    this.#instant.calls += 1;
    if (this.#instant.calls <= CALLS_AT_ONE_INSTANT) return false;
    this.#world.safety.violate('busy-loop', CALLS_AT_ONE_INSTANT, 'calls at one instant');
    return true;
  }

  #clock(): Clock {
    const { clock } = this.#world;
    return {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      setTimer: (delayMs, callback) =>
        this.#cut
          ? { cancel: () => undefined }
          : clock.setTimer(delayMs, () => {
              if (!this.#cut) callback();
            }),
    };
  }

  /** The port, until the daemon is cut off: an answer that comes later reaches nobody. */
  #gated<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (this.#cut) return never();
          const [answer] = await Promise.allSettled([Reflect.apply(member, target, args)]);
          if (this.#cut) return never();
          if (answer?.status === 'rejected') throw answer.reason;
          return answer?.value;
        };
      },
    });
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

function deadlineOf(call: CallName, request: object): number {
  const { timeout = 0 } = request as { timeout?: number };
  if (call === 'PullImage') return Number.POSITIVE_INFINITY;
  if (call === 'ExecSync' && timeout === 0) return Number.POSITIVE_INFINITY;
  if (call === 'RunPodSandbox') return RUN_SANDBOX_DEADLINE_MS;
  return CALL_DEADLINE_MS + timeout * 1000;
}
