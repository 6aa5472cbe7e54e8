/** A duration as Go prints it, down to milliseconds (time.Duration.String): `350ms`, `1.2s`, `1m30s`, `1h0m0.5s`. */
export function goDuration(durationMs: number): string {
  const ms = Math.max(0, Math.trunc(durationMs));
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = (ms % 60_000) / 1000;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
