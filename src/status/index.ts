/**
 * status: what is told about pods: one pure function from observation to core/v1 PodStatus, the report of the node made of it, and the
 * log of events. Field names, phases and reasons are Kubernetes'. Invariants: a status does no I/O; the log never fails who tells it
 * something, and is bounded in memory and on disk.
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
export {
  createEventLog,
  type EventFilter,
  type EventLog,
  type EventLogOptions,
} from './event-log.ts';
export { eventReport } from './event-report.ts';
export { humanAge } from './human-age.ts';
export type { LoggedEvent } from './logged-event.ts';
export { isOwnCondition } from './pod-conditions.ts';
export { type PodReportInput, podReport } from './pod-report.ts';
export { isPodReady, type PodReadiness, podReadiness, podStatus } from './pod-status.ts';
export { type PodWords, podWords } from './pod-words.ts';
export type {
  EventReport,
  ForeignPodReport,
  NodeReport,
  PodReport,
  WaitReport,
} from './report.ts';
export { shownPodWords } from './shown-pod-words.ts';
export type { ContainerWait, PodStatusInput, RecordFacts } from './status-input.ts';
export type { ActionReport, PassReport, PodWhy } from './why.ts';
