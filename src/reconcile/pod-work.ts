import { setMaxListeners } from 'node:events';
import { Limiter, sleep } from '../base/index.ts';
import { ImageKeeper } from '../images/index.ts';
import { createLifecycle, type Lifecycle } from '../lifecycle/index.ts';
import { unobserved } from '../metrics/index.ts';
import type { PodUid, TellEvent } from '../pod/index.ts';
import { createPodProbes, type PodProbes } from '../probes/index.ts';
import type { KnownPods } from './known-pods.ts';
import type { NodeView } from './node-view.ts';
import { Passes } from './passes.ts';
import { PodWorker, type WorkerPorts } from './pod-worker.ts';
import type { ReconcilerOptions, ReconcilerPorts } from './reconciler-ports.ts';
import { SharedRecords } from './shared-records.ts';
import type { Wake } from './wake.ts';

/** How long `stop` lets calls in flight come to their end. */
const STOP_PATIENCE_MS = 4_000;
/** How long cancelled calls may take to come back; one that only looks is not worth waiting for. */
const CANCEL_PATIENCE_MS = 250;
/** (kubelet: crashLoopBackOff.maxContainerRestartPeriod) */
const CRASH_LOOP_MAX_MS = 300_000;

export interface PodWorkParts {
  readonly ports: ReconcilerPorts;
  readonly options: ReconcilerOptions;
  readonly wake: Wake;
  readonly node: NodeView;
  readonly known: KnownPods;
  /** Called after every pass that has found anything new. */
  readonly onEndOfPass: (uid: PodUid) => void;
  /** Called when no pass is under way any more. */
  readonly onIdle: () => void;
}

/** All that is done for pods: their passes, and beside these what takes long: pulls, hooks, stops and probes. */
export class PodWork {
  readonly passes: Passes;
  readonly images: ImageKeeper;
  readonly records: SharedRecords;
  readonly #parts: PodWorkParts;
  readonly #lifecycle: Lifecycle;
  readonly #probes: PodProbes;
  readonly #workerPorts: WorkerPorts;
  readonly #halt = new AbortController();
  #stopping = false;

  constructor(parts: PodWorkParts) {
    this.#parts = parts;
    const { wake, node, options, onEndOfPass, onIdle } = parts;
    // Every call that changes something listens while it is under way, and there may be many pods.
    setMaxListeners(0, this.#halt.signal);
    this.records = new SharedRecords({ records: parts.ports.records, known: parts.known });
    this.images = this.#createImages();
    this.#lifecycle = this.#createLifecycle();
    this.#probes = this.#createProbes();
    this.#workerPorts = this.#createWorkerPorts();
    this.passes = new Passes({
      ...{ wake, worker: this.#workerPorts, intervalMs: options.intervalMs, onEnd: onEndOfPass, onIdle },
      snapshotsBegun: () => node.begun,
    });
  }

  /** A worker of its own, for who only wants to know what it would do. */
  worker(uid: PodUid): PodWorker {
    return new PodWorker(uid, this.#workerPorts);
  }

  /** Starts nothing new, and waits a little for what is in flight, and for `loop`; then cancels it. */
  async stop(loop: Promise<void> | undefined): Promise<void> {
    this.#stopping = true;
    this.images.close();
    const settled = Promise.all([loop, this.passes.settle(), this.#lifecycle.settle()]);
    await this.#waitFor(settled, STOP_PATIENCE_MS);
    this.#halt.abort();
    this.#lifecycle.close();
    for (const uid of this.passes.uids()) this.images.release(uid);
    await this.#waitFor(settled, CANCEL_PATIENCE_MS);
    this.#probes.close();
  }

  async #waitFor(settled: Promise<unknown>, patienceMs: number): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    settled.then(end, end);
    await sleep(this.#parts.ports.clock, patienceMs, over.signal);
  }

  #createImages(): ImageKeeper {
    const { ports, options, wake } = this.#parts;
    const { cri, clock, logger, credentials, claims, tell = () => undefined } = ports;
    const { maxParallelPulls = 4 } = options;
    return new ImageKeeper({
      ...{ cri, clock, logger, maxParallelPulls, tell },
      ...(credentials && { credentials }),
      ...(claims && { claims }),
      onChange: (uid) => wake.pod(uid, 'image'),
    });
  }

  #createLifecycle(): Lifecycle {
    const { cri, clock, logger, runHook } = this.#parts.ports;
    return createLifecycle({
      ...{ clock, logger, run: runHook },
      hide: (uid, text) => this.passes.hide(uid, text),
      stop: ({ id, timeoutSeconds }, signal) => cri.stopContainer(id, timeoutSeconds, { signal }),
      listener: {
        // What went on beside the passes has ended: what was seen before that says too little.
        onHookEnd: (run, state) => {
          this.passes.noteHookEnd(run, state);
          this.passes.outdate(run.uid);
          this.#parts.wake.pod(run.uid, 'hook');
        },
        onStopEnd: (run, error) => {
          const isNews = this.passes.noteStopEnd(run, error);
          this.passes.outdate(run.uid);
          if (isNews) this.#parts.wake.pod(run.uid, 'stop');
        },
      },
    });
  }

  #createProbes(): PodProbes {
    const { ports, wake } = this.#parts;
    const { clock, random, logger, runProbe, tell = () => undefined } = ports;
    const onChange = (uid: PodUid): void => wake.pod(uid, 'probe');
    // What a command in a container prints may be what the container has from a Secret.
    const tellProbe: TellEvent = (event) =>
      tell({ ...event, message: this.passes.hide(event.uid, event.message) });
    return createPodProbes({ clock, random, logger, run: runProbe, tell: tellProbe, onChange });
  }

  #createWorkerPorts(): WorkerPorts {
    const { ports, options, node, known } = this.#parts;
    const { cri, clock, logger, logs, volumes, cgroups } = ports;
    const { owner, logDir, rootDir, maxParallelStarts = 8 } = options;
    return {
      ...{ cri, clock, logger, logs, volumes, cgroups, owner, logDir, rootDir },
      records: this.records,
      images: this.images,
      lifecycle: this.#lifecycle,
      probes: this.#probes,
      tell: ports.tell ?? (() => undefined),
      observer: ports.observer ?? unobserved,
      crashLoopMaxMs: options.crashLoopMaxMs ?? CRASH_LOOP_MAX_MS,
      surroundings: () => node.surroundings,
      usersBase: (uid) => known.usersBase(uid),
      busy: new Limiter(maxParallelStarts),
      signal: this.#halt.signal,
      draining: () => this.#stopping,
      record: (uid) => known.record(uid),
      onGone: () => this.#noteGone(),
    };
  }

  /** Whoever waited for this pod's name or ports can go on. One that was deleted is not begun anew from files that are out of date. */
  #noteGone(): void {
    this.#parts.wake.manifests();
    this.#parts.wake.all('record');
  }
}
