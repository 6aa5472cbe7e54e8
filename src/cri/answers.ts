import {
  asContainerId,
  asPodUid,
  asSandboxId,
  type ContainerDetails,
  type ObservedContainer,
  type ObservedSandbox,
  type SandboxDetails,
} from '../pod/index.ts';
import { badAnswer } from './failure.ts';
import type * as cri from './messages.generated.ts';
import type {
  ContainerUsage,
  ExecResult,
  FurtherUsage,
  ImageFilesystem,
  ImageInfo,
  RuntimeCondition,
  RuntimeVersion,
} from './port.ts';

/**
 * Answers of the runtime as plain values. What an answer must hold is what the kubelet's client demands of it; CRI_BAD_ANSWER
 * where it does not. A message field that is absent is null here, an absent number or text is 0 or ''.
 */

export function versionOf(answer: cri.VersionResponse): RuntimeVersion {
  return {
    runtimeName: demand(answer.runtime_name, 'Version', 'runtime_name'),
    runtimeVersion: demand(answer.runtime_version, 'Version', 'runtime_version'),
    runtimeApiVersion: demand(answer.runtime_api_version, 'Version', 'runtime_api_version'),
  };
}

export function conditionsOf(answer: cri.StatusResponse): RuntimeCondition[] {
  const conditions = answer.status?.conditions ?? [];
  if (conditions.length < 2) throw badAnswer('Status', 'lacks the conditions RuntimeReady and NetworkReady');
  return conditions.map(({ type = '', status = false, reason = '', message = '' }) => ({
    type,
    status,
    reason,
    message,
  }));
}

export function observedSandbox(item: cri.PodSandbox): ObservedSandbox {
  return {
    id: asSandboxId(demand(item.id, 'ListPodSandbox', 'id')),
    name: item.metadata?.name ?? '',
    namespace: item.metadata?.namespace ?? '',
    uid: asPodUid(item.metadata?.uid ?? ''),
    attempt: item.metadata?.attempt ?? 0,
    state: item.state === 'SANDBOX_READY' ? 'ready' : 'not-ready',
    createdAtMs: nsToMs(item.created_at),
    labels: item.labels ?? {},
    annotations: item.annotations ?? {},
  };
}

export function observedContainer(item: cri.Container): ObservedContainer {
  return {
    id: asContainerId(demand(item.id, 'ListContainers', 'id')),
    sandboxId: asSandboxId(item.pod_sandbox_id ?? ''),
    name: item.metadata?.name ?? '',
    attempt: item.metadata?.attempt ?? 0,
    state: containerState(item.state),
    createdAtMs: nsToMs(item.created_at),
    image: item.image?.image ?? '',
    imageRef: item.image_ref ?? '',
    labels: item.labels ?? {},
    annotations: item.annotations ?? {},
  };
}

export function sandboxDetails(answer: cri.PodSandboxStatusResponse): SandboxDetails {
  const call = 'PodSandboxStatus';
  const status = answer.status ?? {};
  demand(status.id, call, 'id');
  demand(status.metadata?.name, call, 'metadata.name');
  demand(status.metadata?.namespace, call, 'metadata.namespace');
  demand(status.metadata?.uid, call, 'metadata.uid');
  if (nsToMs(status.created_at) === 0) throw badAnswer(call, 'has no created_at');
  const others = status.network?.additional_ips ?? [];
  return { ips: [status.network?.ip ?? '', ...others.map(({ ip = '' }) => ip)].filter((ip) => ip !== '') };
}

export function containerDetails(answer: cri.ContainerStatusResponse): ContainerDetails {
  const call = 'ContainerStatus';
  const status = answer.status ?? {};
  demand(status.id, call, 'id');
  demand(status.metadata?.name, call, 'metadata.name');
  demand(status.image?.image, call, 'image.image');
  if (nsToMs(status.created_at) === 0) throw badAnswer(call, 'has no created_at');
  return {
    startedAtMs: nsToMs(status.started_at),
    finishedAtMs: nsToMs(status.finished_at),
    exitCode: status.exit_code ?? 0,
    reason: status.reason ?? '',
    message: status.message ?? '',
    imageRef: demand(status.image_ref, call, 'image_ref'),
    logPath: status.log_path ?? '',
  };
}

export function verifiedImage(image: cri.Image): ImageInfo {
  const info = imageInfo(image);
  demand(info.id, 'ImageStatus', 'id');
  if (info.sizeBytes === 0) throw badAnswer('ImageStatus', 'has an image of size 0');
  return info;
}

/** As a list shows it: there one bad entry must not hide the others. */
export function imageInfo(image: cri.Image): ImageInfo {
  return {
    id: image.id ?? '',
    repoTags: image.repo_tags ?? [],
    repoDigests: image.repo_digests ?? [],
    sizeBytes: Number(image.size ?? 0),
    ...(image.uid && { uid: Number(image.uid.value ?? 0) }),
    username: image.username ?? '',
    pinned: image.pinned ?? false,
  };
}

export function execResult(answer: cri.ExecSyncResponse): ExecResult {
  const { exit_code: exitCode = 0, stdout = NO_BYTES, stderr = NO_BYTES } = answer;
  return { exitCode, stdout, stderr };
}

const NO_BYTES = new Uint8Array();

/** Undefined where the runtime has measured nothing: of what does not run it knows the disk at most. */
export function containerUsage(stats: cri.ContainerStats): ContainerUsage | undefined {
  const { attributes, cpu, memory } = stats;
  if (!cpu?.usage_core_nano_seconds || !memory?.working_set_bytes) return undefined;
  return {
    id: asContainerId(demand(attributes?.id, 'ListContainerStats', 'attributes.id')),
    name: attributes?.metadata?.name ?? '',
    labels: attributes?.labels ?? {},
    atMs: nsToMs(cpu.timestamp),
    cpuNanoSeconds: Number(cpu.usage_core_nano_seconds.value ?? 0),
    memoryBytes: Number(memory.working_set_bytes.value ?? 0),
    further: furtherUsage(stats),
  };
}

/** A wrapped number that is absent is unknown, and one that is empty is 0. */
function furtherUsage({ memory, swap, writable_layer }: cri.ContainerStats): FurtherUsage {
  const values: Readonly<Record<keyof FurtherUsage, cri.UInt64Value | null | undefined>> = {
    usageBytes: memory?.usage_bytes,
    availableBytes: memory?.available_bytes,
    rssBytes: memory?.rss_bytes,
    pageFaults: memory?.page_faults,
    majorPageFaults: memory?.major_page_faults,
    swapBytes: swap?.swap_usage_bytes,
    writtenBytes: writable_layer?.used_bytes,
    writtenInodes: writable_layer?.inodes_used,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, wrapped]) =>
      wrapped ? [[name, Number(wrapped.value ?? 0)]] : [],
    ),
  );
}

export function imageFilesystem(usage: cri.FilesystemUsage): ImageFilesystem {
  return { mountpoint: usage.fs_id?.mountpoint ?? '', usedBytes: Number(usage.used_bytes?.value ?? 0) };
}

/** `value`, which the CRI promises not to be empty. */
export function demand(value: string | undefined, call: string, field: string): string {
  if (value === undefined || value === '') throw badAnswer(call, `has no ${field}`);
  return value;
}

/** Nanoseconds since the epoch to milliseconds, exact to a quarter of a microsecond; 0 for "not yet". */
export function nsToMs(nanoseconds: cri.Int64 | undefined): number {
  const ns = BigInt(nanoseconds ?? 0);
  // Go's zero time is far before the epoch, and some runtimes send it for "not yet".
  if (ns <= 0n) return 0;
  return Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6;
}

/** A state of a newer CRI arrives as a number: what we do not know is unknown. */
function containerState(state: cri.ContainerState | undefined): ObservedContainer['state'] {
  switch (state) {
    case 'CONTAINER_CREATED':
      return 'created';
    case 'CONTAINER_RUNNING':
      return 'running';
    case 'CONTAINER_EXITED':
      return 'exited';
    default:
      return 'unknown';
  }
}
