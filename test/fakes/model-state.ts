import { createHash } from 'node:crypto';
import type { Clock } from '../../src/base/index.ts';
import type { ContainerConfig, PodSandboxConfig } from '../../src/cri/index.ts';
import { type Behaviour, type BehaviourOf, type CommandOf, FakeProcess } from './behaviour.ts';
import { nameReserved, type Release } from './model-failure.ts';

export interface ModelSandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly runtimeHandler: string;
  readonly createdAtMs: number;
  readonly ips: readonly string[];
  state: 'ready' | 'not-ready';
}

export interface ModelContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly imageId: string;
  readonly logPath: string;
  readonly createdAtMs: number;
  state: 'created' | 'running' | 'exited' | 'unknown';
  startedAtMs: number;
  finishedAtMs: number;
  exitCode: number;
  reason: string;
  message: string;
  process: FakeProcess | undefined;
  /** StartContainer is under way. */
  starting: boolean;
  /** A stop signal was sent; the runtime sends no second one. Forgotten when the runtime restarts. */
  stopSignalled: boolean;
  /** Commands that run in it beside its process. */
  commands: number;
  /** Resolves when the process has ended. */
  ended: Promise<void>;
}

export interface ModelImage {
  readonly id: string;
  readonly tags: Set<string>;
  readonly sizeBytes: number;
  /** As a Dockerfile's USER has it; empty if none. */
  readonly user: string;
}

/** Something became different in the runtime, whoever caused it. */
export interface Change {
  readonly kind: 'sandbox' | 'container' | 'image';
  readonly id: string;
  readonly what: 'created' | 'started' | 'exited' | 'stopped' | 'removed' | 'pulled';
}

/** What the runtime holds. Every change of it is told, at the instant it happens. */
export class ModelState {
  readonly clock: Clock;
  readonly release: Release;
  readonly sandboxes = new Map<string, ModelSandbox>();
  readonly containers = new Map<string, ModelContainer>();
  readonly images = new Map<string, ModelImage>();
  /** Name to the id that holds it, from the beginning of a creation to the removal. */
  readonly names = new Map<string, string>();
  readonly changeListeners = new Set<(change: Change) => void>();
  readonly #openLog: (path: string) => void;
  #ids = 0;
  #addresses = 1;

  constructor(clock: Clock, release: Release, openLog: (path: string) => void) {
    this.clock = clock;
    this.release = release;
    this.#openLog = openLog;
  }

  newId(): string {
    this.#ids += 1;
    return createHash('sha256').update(`object ${this.#ids}`).digest('hex');
  }

  newAddress(): string {
    this.#addresses += 1;
    return `10.88.${this.#addresses >> 8}.${this.#addresses & 255}`;
  }

  changed(kind: Change['kind'], id: string, what: Change['what']): void {
    for (const listener of this.changeListeners) listener({ kind, id, what });
  }

  /** Refuses a name that is taken with the runtime's own words. */
  reserve(kind: 'sandbox' | 'container', name: string, id: string): void {
    const holder = this.names.get(name);
    if (holder !== undefined) {
      const words = `failed to reserve ${kind} name "${name}": name "${name}" is reserved for "${holder}"`;
      throw nameReserved(words, this.release);
    }
    this.names.set(name, id);
  }

  releaseNames(id: string): void {
    for (const [name, holder] of this.names) if (holder === id) this.names.delete(name);
  }

  containersIn(sandboxId: string): ModelContainer[] {
    return [...this.containers.values()].filter((container) => container.sandboxId === sandboxId);
  }

  addContainer(
    fields: Pick<ModelContainer, 'id' | 'sandboxId' | 'config' | 'imageId' | 'logPath'>,
  ): ModelContainer {
    const container: ModelContainer = {
      ...fields,
      createdAtMs: this.clock.nowMs(),
      state: 'created',
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
      process: undefined,
      starting: false,
      stopSignalled: false,
      commands: 0,
      ended: Promise.resolve(),
    };
    this.containers.set(container.id, container);
    this.changed('container', container.id, 'created');
    return container;
  }

  /** Starts the process of a container. */
  run(container: ModelContainer, behaviour: Behaviour): void {
    container.state = 'running';
    container.startedAtMs = this.clock.nowMs();
    container.ended = new Promise((resolve) => {
      container.process = new FakeProcess(this.clock, behaviour, ({ code, reason }) => {
        this.exited(container, { exitCode: code, reason });
        resolve();
      });
    });
    this.changed('container', container.id, 'started');
  }

  /** Its output goes to its log path from now on, into another file if the one of before was renamed. */
  openLog({ logPath }: ModelContainer): void {
    if (logPath !== '') this.#openLog(logPath);
  }

  exited(
    container: ModelContainer,
    end: Pick<ModelContainer, 'exitCode' | 'reason'> & { message?: string },
  ): void {
    container.process = undefined;
    container.state = 'exited';
    container.finishedAtMs = this.clock.nowMs();
    container.exitCode = end.exitCode;
    container.reason = end.reason;
    container.message = end.message ?? '';
    this.changed('container', container.id, 'exited');
  }

  removeContainer(container: ModelContainer): void {
    container.process?.kill();
    this.containers.delete(container.id);
    this.releaseNames(container.id);
    this.changed('container', container.id, 'removed');
  }

  /** The sandbox is no longer ready; what runs in it is dealt with by the caller. */
  stopSandbox(sandbox: ModelSandbox): void {
    if (sandbox.state === 'not-ready') return;
    sandbox.state = 'not-ready';
    this.changed('sandbox', sandbox.id, 'stopped');
  }

  imageNamed(name: string): ModelImage | undefined {
    const direct = this.images.get(name);
    return direct ?? [...this.images.values()].find((image) => image.tags.has(name));
  }
}

/** What the handlers of calls share. */
export interface ModelParts {
  readonly state: ModelState;
  readonly behaviourOf: BehaviourOf;
  readonly commandOf: CommandOf;
}

export function sandboxName(config: PodSandboxConfig): string {
  const { name, namespace, uid, attempt = 0 } = config.metadata ?? {};
  return `${name}_${namespace}_${uid}_${attempt}`;
}

export function containerName(config: ContainerConfig, sandboxConfig: PodSandboxConfig): string {
  const { name, namespace, uid } = sandboxConfig.metadata ?? {};
  return `${config.metadata?.name}_${name}_${namespace}_${uid}_${config.metadata?.attempt ?? 0}`;
}
