import type { Clock } from '../../src/base/index.ts';
import type { CallName, RequestOf, ResponseOf } from '../../src/cri/calls.ts';
import { deadlineMs } from '../../src/cri/deadlines.ts';
import type { ContainerConfig, PodSandboxConfig } from '../../src/cri/index.ts';
import type { Behaviour, BehaviourOf, CommandOf } from './behaviour.ts';
import { CallScope } from './call-scope.ts';
import type { Faults } from './faults.ts';
import { containerHandlers } from './model-containers.ts';
import { ModelFailure, type Release, unavailable } from './model-failure.ts';
import { addImage, imageHandlers, type RegistryImage } from './model-images.ts';
import { runtimeHandlers } from './model-runtime.ts';
import { type Handlers, putSandbox, sandboxHandlers, type Work } from './model-sandboxes.ts';
import {
  type Change,
  containerName,
  type ModelContainer,
  type ModelSandbox,
  ModelState,
  sandboxName,
} from './model-state.ts';
import { streamHandlers } from './model-streams.ts';

export interface ModelOptions {
  readonly clock: Clock;
  /** Which containerd to be like where releases differ; 1.6 if absent. */
  readonly release?: Release;
  /** Who makes the cgroups of containers; cgroupfs if absent. */
  readonly cgroupDriver?: 'cgroupfs' | 'systemd';
  readonly behaviourOf?: BehaviourOf;
  readonly commandOf?: CommandOf;
  /** Told whenever a container's log is opened, at its start and when it is reopened. */
  readonly openLog?: (path: string) => void;
  /** Images that are there from the start. */
  readonly present?: readonly string[];
  /** Images that can be pulled, to whom they belong, or whose pull fails in a way of its own. */
  readonly registry?: Readonly<Record<string, RegistryImage>>;
  readonly faults?: Faults;
  /** How long each call takes; nothing if absent. Pulls take their own time on top. */
  readonly latencyMs?: (call: CallName) => number;
  /** Whether the runtime goes on with what it makes when the client has left; asked each time. Yes if absent. */
  readonly finishesAbandoned?: () => boolean;
}

/** A call, seen from outside: before it reaches the runtime, and after the client has its answer or error. */
export interface CallEvent {
  readonly phase: 'before' | 'after';
  /** The same for both phases; rises by one with each call. */
  readonly sequence: number;
  readonly call: CallName;
  readonly request: object;
  readonly mutating: boolean;
  /** Of the pod it is about, where that can be told. */
  readonly podUid?: string;
  readonly failure?: ModelFailure;
}

/** These change nothing that the runtime keeps; what a command does is the container's affair. */
const READING: ReadonlySet<CallName> = new Set([
  'ExecSync',
  'Exec',
  'Attach',
  'PortForward',
  'ListContainerStats',
  'ReopenContainerLog',
  'Version',
  'Status',
  'RuntimeConfig',
  'ListPodSandbox',
  'ListContainers',
  'PodSandboxStatus',
  'ContainerStatus',
  'ImageStatus',
  'ListImages',
  'ImageFsInfo',
]);

/** These spend their time after they have reserved a name or a state. */
const MAKING: ReadonlySet<CallName> = new Set(['RunPodSandbox', 'CreateContainer', 'StartContainer']);

/**
 * A CRI runtime in memory, with the semantics of containerd: who may do what when, what is idempotent, what a cancelled call
 * leaves behind. It speaks CRI's own messages, so that one model stands behind the port and behind a gRPC server. Everything
 * happens by the clock it is given; with a virtual clock and seeded faults a run can be repeated exactly.
 */
export class RuntimeModel {
  readonly clock: Clock;
  networkReady = true;
  readonly #state: ModelState;
  readonly #options: ModelOptions;
  readonly #handlers: Handlers<CallName>;
  readonly #registry: Map<string, RegistryImage>;
  /** What the runtime works on, whether or not a client still waits for it. */
  readonly #working = new Set<CallScope>();
  readonly #callListeners = new Set<(event: CallEvent) => void>();
  #sequence = 0;
  #downUntilMs = 0;

  constructor(options: ModelOptions) {
    const { clock, release = '1.6', present = [], registry = {} } = options;
    const { behaviourOf = () => ({}), commandOf = () => ({}), openLog = () => undefined } = options;
    this.clock = clock;
    this.#options = options;
    this.#state = new ModelState(clock, release, openLog);
    this.#registry = new Map(Object.entries(registry));
    this.#handlers = {
      ...sandboxHandlers(this.#state),
      ...containerHandlers({ state: this.#state, behaviourOf, commandOf }),
      ...streamHandlers(this.#state),
      ...imageHandlers(this.#state, this.#registry),
      ...runtimeHandlers({ release, networkReady: () => this.networkReady, ...options }),
    };
    for (const name of present) addImage(this.#state, name, registry[name]);
  }

  // What is: for checks, not to be written to.

  get sandboxes(): readonly Readonly<ModelSandbox>[] {
    return [...this.#state.sandboxes.values()];
  }

  get containers(): readonly Readonly<ModelContainer>[] {
    return [...this.#state.containers.values()];
  }

  container(id: string): Readonly<ModelContainer> | undefined {
    return this.#state.containers.get(id);
  }

  sandbox(id: string): Readonly<ModelSandbox> | undefined {
    return this.#state.sandboxes.get(id);
  }

  hasImage(name: string): boolean {
    return this.#state.imageNamed(name) !== undefined;
  }

  onCall(listener: (event: CallEvent) => void): () => void {
    this.#callListeners.add(listener);
    return () => this.#callListeners.delete(listener);
  }

  /** Told of every change at the instant it happens, whether a call caused it or not. */
  onChange(listener: (change: Change) => void): () => void {
    this.#state.changeListeners.add(listener);
    return () => this.#state.changeListeners.delete(listener);
  }

  serves(call: string): call is CallName {
    return Object.hasOwn(this.#handlers, call);
  }

  /** One call. Rejects with a ModelFailure. The deadline is the usual one of the client, unless the server has its own. */
  async invoke<C extends CallName>(
    call: C,
    request: RequestOf<C>,
    options: {
      readonly signal?: AbortSignal | undefined;
      /** The client's own life. */
      readonly life?: AbortSignal;
      readonly deadlineMs?: number;
    } = {},
  ): Promise<ResponseOf<C>> {
    const about = this.#about(call, request);
    this.#tell({ ...about, phase: 'before' });
    const scope = new CallScope(this.clock);
    const signals = [options.signal, options.life].filter((signal) => signal !== undefined);
    const unwatch = scope.watch(signals, options.deadlineMs ?? deadlineMs(call, request));
    try {
      const answer = await scope.answer(this.#serve(call, request, scope));
      this.#tell({ ...about, phase: 'after' });
      return answer;
    } catch (error) {
      const failure = asFailure(error);
      this.#tell({ ...about, phase: 'after', failure });
      throw failure;
    } finally {
      unwatch();
    }
  }

  // What befalls the runtime.

  /** Calls under way break off, what is being made is forgotten, and for `downMs` nobody answers. Containers run on. */
  restart(downMs = 0): void {
    this.#downUntilMs = this.clock.monotonicMs() + downMs;
    for (const scope of this.#working) scope.crash();
    for (const container of this.#state.containers.values()) container.stopSignalled = false;
  }

  /** The host went down and came up: no process is left, no sandbox is ready, and the runtime still knows them all. */
  reboot(downMs = 0): void {
    for (const container of this.#state.containers.values()) container.process?.end(255, 'Unknown');
    for (const sandbox of this.#state.sandboxes.values()) this.#state.stopSandbox(sandbox);
    this.restart(downMs);
  }

  /** The runtime lost its memory, and what ran is gone. Images too, if so said. */
  wipe(options: { readonly images?: boolean } = {}): void {
    this.reboot();
    for (const { id } of this.containers) this.#state.containers.delete(id);
    for (const { id } of this.sandboxes) this.#state.sandboxes.delete(id);
    this.#state.names.clear();
    if (options.images) this.#state.images.clear();
  }

  /** The process that holds a sandbox dies; its containers go on. */
  loseSandbox(id: string): void {
    const sandbox = this.#state.sandboxes.get(id);
    if (sandbox !== undefined) this.#state.stopSandbox(sandbox);
  }

  /** The main process of a container ends, by a fault of its own or the kernel's doing (`OOMKilled`). */
  exitContainer(id: string, code: number, reason?: string): void {
    this.#state.containers.get(id)?.process?.end(code, reason);
  }

  // What others do on the same runtime.

  putImage(name: string): string {
    return addImage(this.#state, name).id;
  }

  setRegistry(name: string, image: RegistryImage | undefined): void {
    if (image === undefined) this.#registry.delete(name);
    else this.#registry.set(name, image);
  }

  /** A ready sandbox that came about without a call. */
  putSandbox(config: PodSandboxConfig): string {
    const id = this.#state.newId();
    this.#state.reserve('sandbox', sandboxName(config), id);
    return putSandbox(this.#state, { id, config, runtimeHandler: '' }).id;
  }

  /** A container that came about without a call; it runs if a behaviour is given. */
  putContainer(sandboxId: string, config: ContainerConfig, behaviour?: Behaviour): string {
    const sandbox = this.#state.sandboxes.get(sandboxId);
    if (sandbox === undefined) throw new Error(`no sandbox ${sandboxId}`);
    const id = this.#state.newId();
    this.#state.reserve('container', containerName(config, sandbox.config), id);
    const image = addImage(this.#state, config.image?.image ?? '');
    const container = this.#state.addContainer({ id, sandboxId, config, imageId: image.id, logPath: '' });
    if (behaviour !== undefined) this.#state.run(container, behaviour);
    return id;
  }

  async #serve<C extends CallName>(call: C, request: RequestOf<C>, scope: CallScope): Promise<ResponseOf<C>> {
    this.#working.add(scope);
    try {
      return await this.#serveWithFaults(call, request, scope);
    } finally {
      this.#working.delete(scope);
    }
  }

  async #serveWithFaults<C extends CallName>(
    call: C,
    request: RequestOf<C>,
    scope: CallScope,
  ): Promise<ResponseOf<C>> {
    const fault = this.#options.faults?.(call, request) ?? {};
    await scope.workWhileWanted(fault.delayMs ?? 0);
    if (fault.hang) await scope.workWhileWanted(Number.POSITIVE_INFINITY);
    if (this.clock.monotonicMs() < this.#downUntilMs) throw unavailable('connect ECONNREFUSED');
    if (fault.before !== undefined) throw fault.before;
    const work = this.#work(call, scope);
    if (!MAKING.has(call)) await work.make();
    const answer = await this.#handlers[call](request, work);
    if (fault.after !== undefined) throw fault.after;
    return answer;
  }

  #work(call: CallName, scope: CallScope): Work {
    const ms = this.#options.latencyMs?.(call) ?? 0;
    const finishes = this.#options.finishesAbandoned?.() ?? true;
    return { scope, make: () => (finishes ? scope.work(ms) : scope.workWhileWanted(ms)) };
  }

  #about(call: CallName, request: object): Omit<CallEvent, 'phase'> {
    this.#sequence += 1;
    const podUid = podUidOf(this.#state, request);
    const mutating = !READING.has(call);
    return { sequence: this.#sequence, call, request, mutating, ...(podUid !== undefined && { podUid }) };
  }

  #tell(event: CallEvent): void {
    for (const listener of this.#callListeners) listener(event);
  }
}

function podUidOf(state: ModelState, request: object): string | undefined {
  const {
    config,
    pod_sandbox_id: sandboxId,
    container_id: containerId,
  } = request as {
    config?: PodSandboxConfig;
    pod_sandbox_id?: string;
    container_id?: string;
  };
  if (containerId === undefined && sandboxId === undefined) return config?.metadata?.uid;
  const id = sandboxId ?? state.containers.get(containerId ?? '')?.sandboxId;
  return state.sandboxes.get(id ?? '')?.config.metadata?.uid;
}

/** A mistake in the model or in a listener must not look like an answer of the runtime. */
function asFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  throw error;
}
