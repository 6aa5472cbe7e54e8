const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration as Go writes them (`500ms`, `2s`, `1m30s`) in milliseconds; undefined for any other text. */
export function readDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sumMs += Number(number) * (UNIT_MS[unit ?? ''] ?? 0);
  return Math.round(sumMs);
}
