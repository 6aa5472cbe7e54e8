import type { Clock, JsonObject, JsonValue } from '../base/index.ts';
import type { StreamFlags } from '../cri/index.ts';
import type { EventFilter, EventReport, NodeReport, PodWhy } from '../status/index.ts';
import type { ObjectReader } from '../store/index.ts';

/** What the API asks of the rest of the program; daemon/ hands it in. */
export interface StatusSource {
  /** The node as it was last seen. Cheap: it is asked for on every request. */
  report(): NodeReport;
}

export interface WhySource {
  /** The last passes of the pods of that name; none where there is no such pod. */
  why(namespace: string, name: string): readonly PodWhy[];
}

export interface EventSource {
  /** By when they were last seen, the oldest first. */
  events(filter: EventFilter): readonly EventReport[];
}

export type NodeSource = StatusSource & WhySource & EventSource;

export interface ObjectName {
  /** Empty for what has none. */
  readonly namespace: string;
  readonly name: string;
}

/** What becomes of a deletion. */
export interface Deletion {
  /** How long the pod's containers may take, where the client says so. */
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * Writes desired state. Each resolves when it is on disk and the reader shows it. What stands in a watched directory is refused with
 * Forbidden, naming the file; so is what cannot be carried out (Invalid, with each error and its field).
 */
export interface ObjectWriter {
  /** Whether an object like this would be taken: throws what `save` would, and writes nothing. */
  check(resource: string, object: JsonObject): Promise<void>;
  /** A new object, complete with uid and creationTimestamp; or another version of one. Answers it as it is shown from now on. */
  save(resource: string, object: JsonObject): Promise<JsonObject>;
  /** Answers the object as it is last shown: of a pod that is being stopped with its deletionTimestamp. */
  delete(resource: string, name: ObjectName, deletion: Deletion): Promise<JsonObject>;
  /** The file of a watched directory that defines it; undefined for what was made through the API, and for what is not there. */
  fileOf(resource: string, name: ObjectName): string | undefined;
  /**
   * Beside those that a pod of a watched directory has, as a client wrote them; they last as long as the pod. Answers it as it is shown
   * from now on. A dry run judges them, and writes nothing.
   */
  addEphemeralContainers(
    pod: ObjectName,
    containers: readonly JsonValue[],
    options: { readonly dryRun: boolean },
  ): Promise<JsonObject>;
  /** Conditions of a pod that are not the kubelet's own: readiness gates (core/v1 PodStatus.conditions). */
  setConditions(pod: ObjectName, conditions: readonly JsonObject[]): Promise<JsonObject>;
}

/** A container that runs, or ran. */
export interface ContainerRef {
  readonly podUid: string;
  readonly container: string;
}

/** Where the runtime serves streams: URLs that are good for one connection, within a minute. Throw ApiFailure. */
export interface RuntimeStreams {
  exec(container: ContainerRef, how: StreamFlags & { readonly command: readonly string[] }): Promise<string>;
  attach(container: ContainerRef, how: StreamFlags): Promise<string>;
  portForward(podUid: string): Promise<string>;
}

/** What of the log of one instance of a container is wanted (core/v1 PodLogOptions). */
export interface LogRequest {
  /** As the runtime knows it. */
  readonly containerId: string;
  /** Goes on until the instance has ended, over rotations. */
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly sinceMs?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly stream: 'All' | 'Stdout' | 'Stderr';
}

export interface LogSource {
  /** Throws ApiFailure where there is no log to begin with. Nothing is open until the text is told to `write`; each chunk is good until that resolves. */
  read(
    request: LogRequest,
  ): Promise<(write: (chunk: Uint8Array) => Promise<void>, signal: AbortSignal) => Promise<void>>;
}

/** What containers and the node use just now. */
export interface UsageSource {
  pods(): Promise<readonly PodUsage[]>;
  node(): Promise<Usage | undefined>;
}

export interface Usage {
  readonly atMs: number;
  /** Over which the CPU's was measured. */
  readonly windowMs: number;
  readonly cpuNanoCores: number;
  readonly memoryBytes: number;
}

export interface PodUsage {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly (Usage & { readonly name: string })[];
}

/** One thing that has to be so for the node to be well, by the name it is asked for: `/readyz/syncloop`. */
export interface HealthCheck {
  readonly name: string;
  /** Whether it counts for `/livez` and `/healthz`, too; else only for `/readyz`. */
  readonly alive: boolean;
  /** What is wrong; undefined where nothing is. Cheap. */
  problem(): string | undefined;
}

export interface HealthSource {
  /** In the order in which they are told. */
  healthChecks(): readonly HealthCheck[];
}

/** What Prometheus reads. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface MetricsSource {
  /** Of the daemon's own work; of what containers and the node use; of probes (the kubelet's /metrics, /metrics/resource, /metrics/probes). */
  expose(which: 'node' | 'resource' | 'probes'): Promise<Exposition>;
  /** The kubelet's stats/v1alpha1 Summary. */
  summary(only: { readonly cpuAndMemory: boolean }): Promise<JsonObject>;
}

/** The machine, under cadvisor's old names (MachineInfo). */
export interface MachineSource {
  machineInfo(): Promise<JsonObject>;
}

/** A container as the runtime last told of it. */
export interface RunningContainer {
  readonly podUid: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
}

/** Runs a command in a container to its end, as the kubelet's /run does. */
export interface CommandRunner {
  /** Throws ApiFailure where there is no such running container. Aborted, the command is killed. */
  run(
    container: ContainerRef,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly output: Uint8Array }>;
}

/** Manifests as their authors write them, and their end: what pods are made from that come as a body. */
export interface ManifestReader {
  /** The objects of a text of YAML or JSON, several documents, lists and the flat form included. Throws BadRequest with every error by line. */
  objectsOf(text: string): Promise<readonly { readonly resource: string; readonly object: JsonObject }[]>;
}

/** Which version of a pod runs: its status does not tell. */
export interface PodVersions {
  /** To be asked when something was just written; `isFound` then tells when that is what the node goes by. */
  mark(): number;
  isFound(mark: number): boolean;
  /** Whether the version that is wanted now is in force, and these containers of the pod were made from it. */
  isInForce(podUid: string, containerIds: readonly string[]): boolean;
  createdAtMs(containerId: string): number | undefined;
}

/** Everything the doors stand on that are older than the API. */
export interface DoorPorts extends HealthSource, MetricsSource, MachineSource {
  /** Ours, that run. */
  runningContainers(): readonly RunningContainer[];
  readonly commands: CommandRunner;
  readonly manifests: ManifestReader;
  readonly versions: PodVersions;
  /** The settings under the names of a KubeletConfiguration; nothing secret in it. */
  settings(): JsonObject;
  /** What `/logs/` shows; absolute. */
  readonly logDirectory: string;
  /** How many runs to completion there may be at once. */
  readonly maxRuns: number;
  /** A pod that is marked as one of a request, of a request that is under way; to be told before the pod is made. The answer ends that. */
  attendRun(podUid: string): () => void;
}

/** Everything the node API stands on. */
export interface ApiPorts extends NodeSource, DoorPorts {
  readonly objects: ObjectReader;
  readonly writer: ObjectWriter;
  readonly streams: RuntimeStreams;
  readonly logs: LogSource;
  readonly usage: UsageSource;
  readonly nodeName: string;
  readonly version: string;
  readonly nowMs: () => number;
  /** For what a client waits for: bookmarks, the end of a watch. */
  readonly clock: Clock;
  /** A fresh UID. */
  readonly newUid: () => string;
}
