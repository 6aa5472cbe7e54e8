import type { Flag } from './flag.ts';
import { parseDurationMs } from './values.ts';

/** How long objects are waited for; each command has its own default. */
export const waitTimeoutFlag: Flag<number> = {
  name: 'timeout',
  takes: 'value',
  occasional: true,
  placeholder: 'TIME',
  help: 'how long to wait; 0s: only look whether it is so now',
  parse: parseDurationMs({ minMs: 0, maxMs: 7 * 24 * 3_600_000 }),
};
