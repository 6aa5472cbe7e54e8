import type { DaemonOptions } from '../daemon/index.ts';
import type { Flag, FlagReader } from './flag.ts';
import { parseWholeNumber } from './values.ts';

/** Flags about the doors beside the Kubernetes API. */

const DEFAULT_MAX_RUNS = 10;

const maxRunsFlag: Flag<number> = {
  name: 'max-runs',
  takes: 'value',
  placeholder: 'N',
  help: 'how many runs to completion there may be at once; one more is refused with 429',
  fallback: String(DEFAULT_MAX_RUNS),
  parse: parseWholeNumber({ min: 1, max: 1000 }),
};

export const doorFlags: readonly Flag<unknown>[] = [maxRunsFlag];

export function readDoorOptions(flags: FlagReader): Pick<DaemonOptions, 'maxRuns'> {
  return { maxRuns: flags.read(maxRunsFlag) ?? DEFAULT_MAX_RUNS };
}
