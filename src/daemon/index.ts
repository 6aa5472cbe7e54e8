/**
 * daemon: the rooms put together into what the commands run: the daemon itself, one run to completion (`--once`), a look
 * without touching (`--dry-run`), and the end of it all (`stop --all`). In: options and ports. Out: values to print. Decides nothing about pods.
 */
export { type ClaimName, removeClaim } from './delete-claim.ts';
export { type DryRun, dryRun, type PlannedPod } from './dry-run.ts';
export { createLogger } from './logger.ts';
export { type OnceResult, runOnce } from './once.ts';
export type { DaemonOptions, LogFormat, LogLevel, NodePorts } from './options.ts';
export { runDaemon, type Signals } from './run-daemon.ts';
export { type StopAllOptions, type StopAllResult, stopAll } from './stop-all.ts';
export { withOwnNode } from './with-own-node.ts';
