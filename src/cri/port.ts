import type {
  ContainerDetails,
  ContainerId,
  ObservedContainer,
  ObservedSandbox,
  RuntimeFacts,
  SandboxDetails,
  SandboxId,
} from '../pod/index.ts';
import type { AuthConfig, ContainerConfig, PodSandboxConfig } from './messages.generated.ts';

export interface CallOptions {
  /** Cancels the call; it then fails with CRI_CANCELLED and may still take effect. */
  readonly signal?: AbortSignal;
}

export interface RuntimeVersion {
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
}

export interface RuntimeCondition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

/** An image the runtime has. `uid` or `username` is the image's USER, if it names one. */
export interface ImageInfo {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  readonly uid?: number;
  readonly username: string;
  readonly pinned: boolean;
}

/** Only objects that carry every one of these labels are listed. */
export interface ListFilter {
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The container runtime as tinylet uses it: CRI v1 with plain values. Every failure is a TinyletError with a CRI_* code.
 * Stop and remove calls succeed on unknown ids, as the CRI promises. Deadlines are the adapter's affair.
 */
export interface Cri {
  version(options?: CallOptions): Promise<RuntimeVersion>;
  /** What the runtime is and can do. What it does not tell is missing and no failure. */
  facts(options?: CallOptions): Promise<RuntimeFacts>;
  /** The runtime's conditions: RuntimeReady, NetworkReady, and what else it reports. */
  status(options?: CallOptions): Promise<readonly RuntimeCondition[]>;

  listSandboxes(filter?: ListFilter, options?: CallOptions): Promise<readonly ObservedSandbox[]>;
  listContainers(filter?: ListFilter, options?: CallOptions): Promise<readonly ObservedContainer[]>;
  sandboxStatus(id: SandboxId, options?: CallOptions): Promise<SandboxDetails>;
  containerStatus(id: ContainerId, options?: CallOptions): Promise<ContainerDetails>;

  runSandbox(
    config: PodSandboxConfig,
    options?: CallOptions & { runtimeHandler?: string },
  ): Promise<SandboxId>;
  /** Kills what still runs in it, at once, and tears the network down. */
  stopSandbox(id: SandboxId, options?: CallOptions): Promise<void>;
  removeSandbox(id: SandboxId, options?: CallOptions): Promise<void>;

  createContainer(request: CreateContainer, options?: CallOptions): Promise<ContainerId>;
  startContainer(id: ContainerId, options?: CallOptions): Promise<void>;
  /** Stop signal, then SIGKILL after `timeoutSeconds`; 0 kills at once. A cancelled call never reaches SIGKILL. */
  stopContainer(id: ContainerId, timeoutSeconds: number, options?: CallOptions): Promise<void>;
  removeContainer(id: ContainerId, options?: CallOptions): Promise<void>;
  /**
   * Runs a command in a running container to its end. A command that takes longer than `timeoutSeconds` (0: no limit) is killed and
   * the call fails with CRI_DEADLINE; cancelled it is killed, too. The runtime bounds the output.
   */
  execSync(
    id: ContainerId,
    command: readonly string[],
    options?: CallOptions & { timeoutSeconds?: number },
  ): Promise<ExecResult>;
  /** Makes the runtime write to the container's log path anew, after the file there was renamed. Only for running ones. */
  reopenContainerLog(id: ContainerId, options?: CallOptions): Promise<void>;
  /** Where the runtime serves the streams of a command, good for one connection within a minute. `tty` and `stderr` exclude each other. */
  exec(
    id: ContainerId,
    how: StreamFlags & { readonly command: readonly string[] },
    options?: CallOptions,
  ): Promise<string>;
  attach(id: ContainerId, how: StreamFlags, options?: CallOptions): Promise<string>;
  /** Of any port of the pod: the client names them on the connection. */
  portForward(id: SandboxId, options?: CallOptions): Promise<string>;
  /** What running containers have used. Containers the runtime has no numbers of are left out. */
  containerUsage(filter?: ListFilter, options?: CallOptions): Promise<readonly ContainerUsage[]>;

  /** Undefined when the runtime does not have it. */
  imageStatus(image: string, options?: CallOptions): Promise<ImageInfo | undefined>;
  listImages(options?: CallOptions): Promise<readonly ImageInfo[]>;
  /** Resolves to the id to create containers with. No deadline: cancel it by signal. */
  pullImage(image: string, options?: CallOptions & { auth?: AuthConfig }): Promise<string>;
  removeImage(image: string, options?: CallOptions): Promise<void>;
  /** Where images lie and what they take; the runtime's paths. */
  imageFsInfo(options?: CallOptions): Promise<readonly ImageFilesystem[]>;
}

/** Which streams are wanted. */
export interface StreamFlags {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface ContainerUsage {
  readonly id: ContainerId;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When the CPU's was taken (wall clock), and all it has used so far. */
  readonly atMs: number;
  readonly cpuNanoSeconds: number;
  /** The working set: what cannot be taken back under pressure. */
  readonly memoryBytes: number;
  /** What else the runtime knows. */
  readonly further: FurtherUsage;
}

/** Only what the runtime tells; older ones tell less. */
export interface FurtherUsage {
  /** All memory, with what can be taken back; what is left to the limit, where there is one. */
  readonly usageBytes?: number;
  readonly availableBytes?: number;
  readonly rssBytes?: number;
  readonly pageFaults?: number;
  readonly majorPageFaults?: number;
  readonly swapBytes?: number;
  /** What the container has written beside its image and its volumes. */
  readonly writtenBytes?: number;
  readonly writtenInodes?: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface ImageFilesystem {
  readonly mountpoint: string;
  readonly usedBytes: number;
}

export interface CreateContainer {
  readonly sandboxId: SandboxId;
  readonly config: ContainerConfig;
  /** The very config the sandbox was run with: the runtime reads HOSTNAME and the log directory from it. */
  readonly sandboxConfig: PodSandboxConfig;
}
