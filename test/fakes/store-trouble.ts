/** What a disk does to those who write on it. */
export interface StoreTrouble {
  /** How long a write takes. */
  readonly latencyMs: () => number;
  /** Whether this write fails, as on a full disk: before it has any effect. */
  readonly refuses: () => boolean;
  readonly sleep: (ms: number) => Promise<void>;
}

export const noTrouble: StoreTrouble = {
  latencyMs: () => 0,
  refuses: () => false,
  sleep: async () => undefined,
};

/** Spends the time of one write; rejects if the disk refuses it. */
export async function writeOnce(
  { latencyMs, refuses, sleep }: StoreTrouble,
  refusal: () => Error,
): Promise<void> {
  const ms = latencyMs();
  if (ms > 0) await sleep(ms);
  if (refuses()) throw refusal();
}
