const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** A span of time as kubectl's AGE column has it: two units where they still matter, then one. */
export function humanAge(spanMs: number): string {
  if (spanMs < -2 * SECOND) return '<invalid>';
  if (spanMs < 0) return '0s';
  if (spanMs < 2 * MINUTE) return `${Math.floor(spanMs / SECOND)}s`;
  if (spanMs < 10 * MINUTE) return twoUnits(spanMs, [MINUTE, 'm'], [SECOND, 's']);
  if (spanMs < 3 * HOUR) return `${Math.floor(spanMs / MINUTE)}m`;
  if (spanMs < 8 * HOUR) return twoUnits(spanMs, [HOUR, 'h'], [MINUTE, 'm']);
  if (spanMs < 2 * DAY) return `${Math.floor(spanMs / HOUR)}h`;
  if (spanMs < 8 * DAY) return twoUnits(spanMs, [DAY, 'd'], [HOUR, 'h']);
  if (spanMs < 2 * YEAR) return `${Math.floor(spanMs / DAY)}d`;
  if (spanMs < 8 * YEAR) return twoUnits(spanMs, [YEAR, 'y'], [DAY, 'd']);
  return `${Math.floor(spanMs / YEAR)}y`;
}

type Unit = readonly [sizeMs: number, letter: string];

function twoUnits(spanMs: number, [bigMs, bigLetter]: Unit, [smallMs, smallLetter]: Unit): string {
  const big = Math.floor(spanMs / bigMs);
  const small = Math.floor((spanMs % bigMs) / smallMs);
  return small === 0 ? `${big}${bigLetter}` : `${big}${bigLetter}${small}${smallLetter}`;
}
