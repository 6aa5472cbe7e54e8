/**
 * Names of log files, as the kubelet gives them: `<attempt>.log` is written to, `<attempt>.log.<YYYYMMDD-HHMMSS>` was rotated
 * (local time), and ends in `.gz` once it is compressed. `.tmp` is a file in the making.
 */

/** The file the runtime writes one instance's output to. */
export function currentLog(attempt: number): string {
  return `${attempt}.log`;
}

/** The attempt that a file is of, rotated or not; undefined for what is no log (kubelet: `^(\d+)\.log(\..*)?`). */
export function attemptOf(name: string): number | undefined {
  const attempt = /^(\d+)\.log(\..*)?$/.exec(name)?.[1];
  return attempt === undefined ? undefined : Number(attempt);
}

export interface RotatedName {
  /** When it was rotated: sorts by time as text. */
  readonly stamp: string;
  /** Compressed, in the making, or as the runtime wrote it. */
  readonly form: 'plain' | 'gz' | 'unfinished';
}

/** What a name says of a rotated log of that attempt; undefined for any other file. */
export function parseRotated(name: string, attempt: number): RotatedName | undefined {
  const prefix = `${currentLog(attempt)}.`;
  if (!name.startsWith(prefix)) return undefined;
  const [, stamp = '', ending] =
    /^(\d{8}-\d{6})(\.gz|\.tmp|\.gz\.tmp)?$/.exec(name.slice(prefix.length)) ?? [];
  if (stamp === '' || toStamp(timeOf(stamp)) !== stamp) return undefined;
  return { stamp, form: ending === undefined ? 'plain' : ending === '.gz' ? 'gz' : 'unfinished' };
}

/** The rotated file of that stamp, as it was written or compressed. */
export function rotatedLog(current: string, stamp: string, isPacked: boolean): string {
  return `${current}.${stamp}${isPacked ? '.gz' : ''}`;
}

/** The stamps of the whole rotated files among these names, oldest first. */
export function stampsOf(names: readonly string[], current: string): readonly string[] {
  const attempt = attemptOf(current);
  if (attempt === undefined) return [];
  const rotated = names.flatMap((name) => parseRotated(name, attempt) ?? []);
  const whole = rotated.filter(({ form }) => form !== 'unfinished');
  return [...new Set(whole.map(({ stamp }) => stamp))].sort();
}

/**
 * The stamp of a log that is rotated at that time. It follows the newest that is there: two rotations in one second, a clock that was
 * set back and the end of summer time neither overwrite a file nor change the order of files.
 */
export function nextStamp(nowMs: number, newest: string | undefined): string {
  // Local time written as if it were UTC: from there on it is only digits.
  const stamp = toStamp(nowMs - new Date(nowMs).getTimezoneOffset() * 60_000);
  if (newest === undefined || stamp > newest) return stamp;
  return toStamp(timeOf(newest) + 1000);
}

function timeOf(stamp: string): number {
  const part = (from: number, length: number): number => Number(stamp.slice(from, from + length));
  return Date.UTC(part(0, 4), part(4, 2) - 1, part(6, 2), part(9, 2), part(11, 2), part(13, 2));
}

function toStamp(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
}
