import { TinyletError } from '../base/index.ts';
import type { DaemonOptions } from '../daemon/index.ts';
import type { Flag, FlagReader } from './flag.ts';
import { parseChoice, parseDurationMs, parseWholeNumber } from './values.ts';

/** Flags about images, with the kubelet's defaults but for one: pulls run side by side. */

const DEFAULT_PARALLEL_PULLS = 4;
const DEFAULT_HIGH_PERCENT = 85;
const DEFAULT_LOW_PERCENT = 80;
const DEFAULT_MIN_AGE_MS = 120_000;
const YEAR_MS = 365 * 24 * 3_600_000;

const maxParallelPullsFlag: Flag<number> = {
  name: 'max-parallel-pulls',
  takes: 'value',
  placeholder: 'NUMBER',
  help: 'how many images are pulled at once',
  fallback: String(DEFAULT_PARALLEL_PULLS),
  parse: parseWholeNumber({ min: 1, max: 1000 }),
};

const imageGcFlag: Flag<'on' | 'off'> = {
  name: 'image-gc',
  takes: 'value',
  placeholder: 'on|off',
  help: 'whether images that tinylet pulled and nothing needs go when the disk gets full (default: off; on with --standalone)',
  choices: ['on', 'off'],
  parse: parseChoice(['on', 'off']),
};

const highThresholdFlag: Flag<number> = {
  name: 'image-gc-high-threshold',
  takes: 'value',
  placeholder: 'PERCENT',
  help: 'use of the disk with the images at which they go',
  fallback: String(DEFAULT_HIGH_PERCENT),
  parse: parseWholeNumber({ min: 0, max: 100 }),
};

const lowThresholdFlag: Flag<number> = {
  name: 'image-gc-low-threshold',
  takes: 'value',
  placeholder: 'PERCENT',
  help: 'use of the disk down to which images go',
  fallback: String(DEFAULT_LOW_PERCENT),
  parse: parseWholeNumber({ min: 0, max: 100 }),
};

const minimumAgeFlag: Flag<number> = {
  name: 'image-minimum-gc-age',
  takes: 'value',
  placeholder: 'TIME',
  help: 'images pulled more recently stay',
  fallback: '2m',
  parse: parseDurationMs({ minMs: 0, maxMs: YEAR_MS }),
};

export const imageFlags: readonly Flag<unknown>[] = [
  maxParallelPullsFlag,
  imageGcFlag,
  highThresholdFlag,
  lowThresholdFlag,
  minimumAgeFlag,
];

/** Throws USAGE where the thresholds contradict each other (kubelet: NewImageGCManager). */
export function readImageOptions(
  flags: FlagReader,
  { standalone }: { readonly standalone: boolean },
): Pick<DaemonOptions, 'maxParallelPulls' | 'imageGc'> {
  const maxParallelPulls = flags.read(maxParallelPullsFlag) ?? DEFAULT_PARALLEL_PULLS;
  const imageGc = {
    highPercent: flags.read(highThresholdFlag) ?? DEFAULT_HIGH_PERCENT,
    lowPercent: flags.read(lowThresholdFlag) ?? DEFAULT_LOW_PERCENT,
    minAgeMs: flags.read(minimumAgeFlag) ?? DEFAULT_MIN_AGE_MS,
  };
  const { highPercent, lowPercent } = imageGc;
  if (lowPercent > highPercent) {
    throw new TinyletError(
      'USAGE',
      `--${lowThresholdFlag.name} (${lowPercent}) is above --${highThresholdFlag.name} (${highPercent})`,
    );
  }
  const isOn = (flags.read(imageGcFlag) ?? (standalone ? 'on' : 'off')) === 'on';
  return { maxParallelPulls, ...(isOn && { imageGc }) };
}
