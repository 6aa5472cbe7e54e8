/** A runtime in a few lines: state changes at once, calls are counted, and a test may hold or fail any of them. */
import type { ContainerConfig, Cri, PodSandboxConfig } from '../../../src/cri/index.ts';
import {
  asContainerId,
  asPodUid,
  asSandboxId,
  type ContainerDetails,
  type ObservedContainer,
  type ObservedSandbox,
} from '../../../src/pod/index.ts';
import { runtimeFacts } from '../../fakes/facts.ts';

type CallName = keyof Cri;

export class FakeCri {
  /** Every call in order, as `name` or `name id`. */
  readonly calls: string[] = [];
  readonly sandboxes = new Map<string, ObservedSandbox>();
  readonly containers = new Map<string, ObservedContainer>();
  readonly details = new Map<string, ContainerDetails>();
  readonly images = new Set<string>();
  /** Calls that fail, with what. */
  readonly failing = new Map<CallName, Error>();
  /** Calls that do not come back until the promise settles; their effect comes before that … */
  readonly holding = new Map<CallName, Promise<unknown>>();
  /** … or, for these, after it. */
  readonly late = new Set<CallName>();
  readonly #nowMs: () => number;
  #made = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The port, to be handed to the code under test. */
  readonly port: Cri = {
    version: () =>
      this.#call('version', '', () => ({
        runtimeName: 'fake',
        runtimeVersion: '1',
        runtimeApiVersion: 'v1',
      })),
    facts: () => this.#call('facts', '', () => runtimeFacts()),
    status: () => this.#call('status', '', () => []),
    listSandboxes: () => this.#call('listSandboxes', '', () => [...this.sandboxes.values()]),
    listContainers: () => this.#call('listContainers', '', () => [...this.containers.values()]),
    sandboxStatus: (id) => this.#call('sandboxStatus', id, () => ({ ips: ['10.0.0.7'] })),
    containerStatus: (id) => this.#call('containerStatus', id, () => this.#detailsOf(id)),
    runSandbox: (config) =>
      this.#call('runSandbox', config.metadata?.name ?? '', () => this.#addSandbox(config)),
    stopSandbox: (id) => this.#call('stopSandbox', id, () => this.#stopSandbox(id)),
    removeSandbox: (id) => this.#call('removeSandbox', id, () => this.#removeSandbox(id)),
    createContainer: ({ sandboxId, config }) =>
      this.#call('createContainer', config.metadata?.name ?? '', () => this.#addContainer(sandboxId, config)),
    startContainer: (id) => this.#call('startContainer', id, () => this.setState(id, 'running')),
    stopContainer: (id) => this.#call('stopContainer', id, () => this.setState(id, 'exited')),
    removeContainer: (id) => this.#call('removeContainer', id, () => void this.containers.delete(id)),
    execSync: (id) =>
      this.#call('execSync', id, () => ({ exitCode: 0, stdout: new Uint8Array(), stderr: new Uint8Array() })),
    reopenContainerLog: (id) => this.#call('reopenContainerLog', id, () => undefined),
    exec: (id) => this.#call('exec', id, () => `http://127.0.0.1:1/exec/${id}`),
    attach: (id) => this.#call('attach', id, () => `http://127.0.0.1:1/attach/${id}`),
    portForward: (id) => this.#call('portForward', id, () => `http://127.0.0.1:1/portforward/${id}`),
    containerUsage: () => this.#call('containerUsage', '', () => []),
    imageFsInfo: () => this.#call('imageFsInfo', '', () => []),
    imageStatus: (name) => this.#call('imageStatus', name, () => this.#imageOf(name)),
    listImages: () => this.#call('listImages', '', () => []),
    pullImage: (name) => this.#call('pullImage', name, () => `sha256:${name}`),
    removeImage: (name) => this.#call('removeImage', name, () => void this.images.delete(name)),
  };

  /** Forgets the calls so far. */
  clear(): void {
    this.calls.length = 0;
  }

  setState(id: string, state: ObservedContainer['state'], exitCode = 0): void {
    const container = this.containers.get(id);
    if (container === undefined) return;
    this.containers.set(id, { ...container, state });
    const before = this.#detailsOf(id);
    const finishedAtMs = state === 'exited' ? this.#nowMs() : 0;
    const startedAtMs = state === 'running' ? this.#nowMs() : before.startedAtMs;
    this.details.set(id, { ...before, startedAtMs, finishedAtMs, exitCode });
  }

  async #call<T>(name: CallName, subject: string, effect: () => T): Promise<T> {
    this.calls.push(subject === '' ? name : `${name} ${subject}`);
    const failure = this.failing.get(name);
    const held = this.holding.get(name);
    if (failure !== undefined) {
      await held;
      throw failure;
    }
    if (this.late.has(name)) await held;
    const result = effect();
    await held;
    return result;
  }

  #addSandbox(config: PodSandboxConfig) {
    const { name = '', namespace = '', uid = '', attempt = 0 } = config.metadata ?? {};
    const id = asSandboxId(`${name}-sandbox-${attempt}`);
    this.sandboxes.set(id, {
      ...{ id, name, namespace, uid: asPodUid(uid), attempt, state: 'ready', createdAtMs: this.#nowMs() },
      labels: { ...config.labels },
      annotations: { ...config.annotations },
    });
    return id;
  }

  #addContainer(sandboxId: ObservedSandbox['id'], config: ContainerConfig) {
    const { name = '', attempt = 0 } = config.metadata ?? {};
    this.#made += 1;
    const id = asContainerId(`${name}-${attempt}`);
    const image = config.image?.image ?? '';
    this.containers.set(id, {
      ...{ id, sandboxId, name, attempt, state: 'created', image, imageRef: image },
      createdAtMs: this.#nowMs() + this.#made / 1000,
      labels: { ...config.labels },
      annotations: { ...config.annotations },
    });
    return id;
  }

  #stopSandbox(id: string): void {
    const sandbox = this.sandboxes.get(id);
    if (sandbox !== undefined) this.sandboxes.set(id, { ...sandbox, state: 'not-ready' });
  }

  #removeSandbox(id: string): void {
    this.sandboxes.delete(id);
    for (const container of this.containers.values())
      if (container.sandboxId === id) this.containers.delete(container.id);
  }

  #detailsOf(id: string): ContainerDetails {
    const unknown = {
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
      imageRef: '',
      logPath: '',
    };
    return this.details.get(id) ?? unknown;
  }

  #imageOf(name: string) {
    if (!this.images.has(name)) return undefined;
    return {
      id: `sha256:${name}`,
      repoTags: [name],
      repoDigests: [],
      sizeBytes: 1,
      username: '',
      pinned: false,
    };
  }
}

/** A promise and its end. */
export function gate(): { readonly closed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open: () => open() };
}
