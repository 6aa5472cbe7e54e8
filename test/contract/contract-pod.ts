import type { ContainerConfig, Cri, PodSandboxConfig } from '../../src/cri/index.ts';
import type { ContainerDetails, ContainerId, ObservedContainer, SandboxId } from '../../src/pod/index.ts';

/** What a runtime has to bring along to be held to the contract. */
export interface ContractRuntime {
  readonly cri: Cri;
  /** An image the runtime has, with a busybox-like /bin/sh. */
  readonly image: string;
  /** Images it does not have and can pull. */
  readonly registry: ContractRegistry;
  /** An empty directory for logs. */
  readonly logRoot: string;
  /** The files that the runtime writes logs to. */
  readonly logs: {
    exists(path: string): Promise<boolean>;
    rename(from: string, to: string): Promise<void>;
  };
  /** Resolves when the program of a container has written the line "ready" to this log. */
  programReady(logPath: string): Promise<void>;
  cleanup(): Promise<void>;
}

/** Names of images in registries. */
export interface ContractRegistry {
  /** Everyone may pull these: made for the user 1000 and the group 2000, for the user nobody, and for nobody in particular. */
  readonly numeric: string;
  readonly named: string;
  readonly plain: string;
  /** Only the owner may pull it. */
  readonly closed: string;
  readonly owner: { readonly username: string; readonly password: string };
}

/** Scripts for `/bin/sh -c`. Whatever runs for long says when it is ready to be stopped. */
export const script = {
  /** Deaf to the stop signal: the first process of a container has to ask for it. */
  stubborn: 'echo ready; while :; do sleep 0.05; done',
  polite: (code: number) => `trap "exit ${code}" TERM; ${script.stubborn}`,
  /** Ends with its second stop signal. */
  persuaded: (code: number) => `trap 'test -n "$n" && exit ${code}; n=1' TERM; ${script.stubborn}`,
  exits: (code: number, afterSeconds = 0) => `sleep ${afterSeconds}; exit ${code}`,
};

let pods = 0;

/** A pod of one test: its configs, and short ways to bring it about. The host's network, because that is quicker. */
export class ContractPod {
  readonly #runtime: ContractRuntime;
  readonly uid: string;

  constructor(runtime: ContractRuntime) {
    this.#runtime = runtime;
    pods += 1;
    this.uid = `uid-${process.pid}-${pods}`;
  }

  get cri(): Cri {
    return this.#runtime.cri;
  }

  get labels(): Record<string, string> {
    return { 'tinylet.dev/test': this.uid };
  }

  sandboxConfig(changes: Partial<PodSandboxConfig> = {}): PodSandboxConfig {
    return {
      metadata: { name: 'web', namespace: 'default', uid: this.uid, attempt: 0 },
      log_directory: `${this.#runtime.logRoot}/${this.uid}`,
      labels: this.labels,
      annotations: { note: 'sandbox' },
      linux: { security_context: { namespace_options: { network: 'NODE', pid: 'CONTAINER', ipc: 'POD' } } },
      ...changes,
    };
  }

  containerConfig(program: string, changes: Partial<ContainerConfig> = {}): ContainerConfig {
    return {
      metadata: { name: 'main', attempt: 0 },
      image: { image: this.#runtime.image },
      command: ['/bin/sh', '-c', program],
      labels: { ...this.labels, which: 'main' },
      annotations: { note: 'container' },
      log_path: 'main/0.log',
      linux: { security_context: { namespace_options: { network: 'NODE', pid: 'CONTAINER', ipc: 'POD' } } },
      ...changes,
    };
  }

  sandbox(): Promise<SandboxId> {
    return this.cri.runSandbox(this.sandboxConfig());
  }

  create(
    sandboxId: SandboxId,
    program: string,
    changes: Partial<ContainerConfig> = {},
  ): Promise<ContainerId> {
    const config = this.containerConfig(program, changes);
    return this.cri.createContainer({ sandboxId, config, sandboxConfig: this.sandboxConfig() });
  }

  /** A sandbox with one container that runs and, if it runs for long, is ready. */
  async running(program: string): Promise<{ sandboxId: SandboxId; id: ContainerId }> {
    const sandboxId = await this.sandbox();
    const id = await this.create(sandboxId, program);
    await this.cri.startContainer(id);
    if (program.includes('ready')) {
      await this.#runtime.programReady((await this.cri.containerStatus(id)).logPath);
    }
    return { sandboxId, id };
  }

  async listed(id: ContainerId): Promise<ObservedContainer | undefined> {
    return (await this.cri.listContainers({ labels: this.labels })).find((container) => container.id === id);
  }

  /** The details of a container once it is listed as exited. */
  async exited(id: ContainerId): Promise<ContainerDetails> {
    while ((await this.listed(id))?.state !== 'exited')
      await new Promise((resolve) => setTimeout(resolve, 20));
    return this.cri.containerStatus(id);
  }

  async remove(): Promise<void> {
    for (const { id } of await this.cri.listSandboxes({ labels: this.labels }))
      await this.cri.removeSandbox(id);
  }
}
