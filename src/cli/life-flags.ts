import { TinyletError } from '../base/index.ts';
import type { DaemonOptions } from '../daemon/index.ts';
import { type Flag, type FlagReader, switchFlag } from './flag.ts';
import { parseDurationMs } from './values.ts';

/** Flags about how pods begin anew and end. */

const DEFAULT_CRASH_LOOP_MAX_MS = 300_000;
const DEFAULT_GRACE_PERIOD_MS = 30_000;
const DAY_MS = 24 * 3_600_000;
const DEFAULT_RETENTION_MS = 7 * DAY_MS;

const crashLoopMaxFlag: Flag<number> = {
  name: 'crash-loop-max',
  takes: 'value',
  placeholder: 'TIME',
  help: 'the longest delay before a container that keeps ending is restarted, 1s to 5m',
  fallback: '5m',
  parse: parseDurationMs({ minMs: 1_000, maxMs: DEFAULT_CRASH_LOOP_MAX_MS }),
};

const shutdownPodsFlag = switchFlag(
  'shutdown-pods',
  'stop the pods when the daemon is told to end; the next start brings them back',
);

const gracePeriodFlag: Flag<number> = {
  name: 'shutdown-grace-period',
  takes: 'value',
  placeholder: 'TIME',
  help: 'how long the pods have for that, all together',
  fallback: '30s',
  parse: parseDurationMs({ minMs: 1_000, maxMs: DAY_MS }),
};

const retentionFlag: Flag<number> = {
  name: 'terminated-pod-retention',
  takes: 'value',
  placeholder: 'TIME',
  help: 'how long a pod that was made through the API is kept after it has ended; off keeps it until it is deleted',
  fallback: '168h',
  parse: (text) => (text === 'off' || text === '0' ? 0 : parseRetention(text)),
};

const parseRetention = parseDurationMs({ minMs: 0, maxMs: 366 * DAY_MS });

export const lifeFlags: readonly Flag<unknown>[] = [
  crashLoopMaxFlag,
  shutdownPodsFlag,
  gracePeriodFlag,
  retentionFlag,
];

/** Throws USAGE where a flag on the command line means nothing. */
export function readLifeOptions(
  flags: FlagReader,
): Pick<DaemonOptions, 'crashLoopMaxMs' | 'shutdownPods' | 'terminatedPodRetentionMs'> {
  const stopsPods = flags.read(shutdownPodsFlag) ?? false;
  const gracePeriodMs = flags.read(gracePeriodFlag) ?? DEFAULT_GRACE_PERIOD_MS;
  // A variable may stand in a unit file for every run; only the flag is a contradiction.
  if (flags.onCommandLine(gracePeriodFlag) && !stopsPods) {
    throw new TinyletError(
      'USAGE',
      `--${gracePeriodFlag.name} means nothing without --${shutdownPodsFlag.name}`,
    );
  }
  const retentionMs = flags.read(retentionFlag) ?? DEFAULT_RETENTION_MS;
  return {
    ...(retentionMs > 0 && { terminatedPodRetentionMs: retentionMs }),
    crashLoopMaxMs: flags.read(crashLoopMaxFlag) ?? DEFAULT_CRASH_LOOP_MAX_MS,
    ...(stopsPods && { shutdownPods: { gracePeriodMs } }),
  };
}
