/**
 * status: what is told about pods: one pure function from observation to report, and the report's shape.
 * Field names, phases and reasons are Kubernetes'. No I/O.
 */
export { type PodReportInput, podReport, timestamp } from './pod-report.ts';
export type {
  ContainerReport,
  ContainerStateReport,
  ForeignPodReport,
  NodeReport,
  PodPhase,
  PodReport,
  WaitReport,
} from './report.ts';
