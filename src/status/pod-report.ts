import type { Pod, PodUid } from '../pod/index.ts';
import type { PodStatus } from './core-v1.ts';
import { podWords } from './pod-words.ts';
import type { PodReport, WaitReport } from './report.ts';

/** What a pod's report is made from. */
export interface PodReportInput {
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  /** The version in force and what is told of it; undefined where the manifest is lost. */
  readonly told: { readonly pod: Pod; readonly status: PodStatus } | undefined;
  readonly waiting: readonly WaitReport[];
  readonly terminating: boolean;
  readonly stale: boolean;
}

/** A pod's status in the shape that the whole node's report has it. */
export function podReport({ told, ...input }: PodReportInput): PodReport {
  const { uid, namespace, name, file, waiting, terminating, stale } = input;
  const identity = { namespace, name, uid, file };
  if (told === undefined) return { ...identity, ...LOST, terminating, stale, waiting };
  const { pod, status } = told;
  const { phase, conditions, reason, message, startTime, initContainerStatuses } = status;
  return {
    ...identity,
    phase,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    conditions,
    words: podWords(pod.spec, status, terminating),
    terminating,
    stale,
    podIPs: (status.podIPs ?? []).map(({ ip }) => ip),
    hostNetwork: pod.spec.hostNetwork,
    qosClass: status.qosClass,
    ...(startTime !== undefined && { startTime }),
    ...(initContainerStatuses && { initContainers: initContainerStatuses }),
    containers: status.containerStatuses,
    waiting,
  };
}

const LOST = {
  phase: 'Unknown',
  conditions: [],
  words: { ready: '0/0', status: 'Unknown', restarts: 0 },
  podIPs: [],
  hostNetwork: false,
  containers: [],
} as const;
