/** The last of the moments that come every `everyMs` from a beginning on; the beginning itself where the clock was set back behind it. */
export function lastBeat(nowMs: number, sinceMs: number, everyMs: number): number {
  return sinceMs + Math.max(0, Math.floor((nowMs - sinceMs) / everyMs)) * everyMs;
}
