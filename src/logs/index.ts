/**
 * logs: the pods' log directories, `<log-dir>/<namespace>_<name>_<uid>/<container>/<attempt>.log`. The runtime writes the
 * files; this room makes the directories, reads their ends, counts attempts from them, and removes them with their containers and pods.
 */
export { lastBytes } from './log-tail.ts';
export { filePodLogs, type PodLogs } from './pod-logs.ts';
export type { ContainerLog, ContainerLogs, LoggedContainer, LoggedPods } from './ports.ts';
export { LogRotation, type RotationLimits, type RotationPorts } from './rotation.ts';
