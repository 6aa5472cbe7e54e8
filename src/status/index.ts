/**
 * status: what is told about pods: one pure function from observation to core/v1 PodStatus, and the report of the node made of it.
 * Field names, phases and reasons are Kubernetes'. No I/O.
 */
export {
  type ContainerState,
  type ContainerStateTerminated,
  type ContainerStatus,
  type PodCondition,
  type PodPhase,
  type PodStatus,
  timestamp,
} from './core-v1.ts';
export { humanAge } from './human-age.ts';
export { type PodReportInput, podReport } from './pod-report.ts';
export { isPodReady, type PodReadiness, podReadiness, podStatus } from './pod-status.ts';
export { type PodWords, podWords } from './pod-words.ts';
export type {
  ForeignPodReport,
  NodeReport,
  PodReport,
  WaitReport,
} from './report.ts';
export type { ContainerWait, PodStatusInput, RecordFacts } from './status-input.ts';
