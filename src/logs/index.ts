/**
 * logs: the pods' log directories, `<log-dir>/<namespace>_<name>_<uid>/<container>/<attempt>.log`. The runtime writes the
 * files; this room makes the directories, reads the files and follows them over rotations, counts attempts from them, rotates them while
 * containers run, keeps links to them, and removes them with their containers and pods. Invariants: no link below the root of all logs is
 * followed, only what is noted as ours is removed without being named, and no step loses a line that was written.
 */
export { fileLogDirectories, type LogDirectories, notedPodLogs } from './log-directories.ts';
export { LogLinks, type LogLinksPorts } from './log-links.ts';
export { lastBytes } from './log-tail.ts';
export { OrphanedLogs, type OrphanedLogsPorts } from './orphaned-logs.ts';
export { filePodLogs, type PodLogs } from './pod-logs.ts';
export type {
  ContainerLog,
  ContainerLogs,
  LoggedContainer,
  LoggedPods,
} from './ports.ts';
export {
  checkLog,
  type LogPlace,
  type LogReaderPorts,
  type LogWish,
  readLog,
} from './read-log.ts';
export { LogRotation, type RotationLimits, type RotationPorts } from './rotation.ts';
