import { type Clock, messageOf, sleep } from '../base/index.ts';

/** What cannot be had now is tried for again. */
const RETRY_MS = 10_000;

export interface Attempts {
  readonly clock: Clock;
  /** Ends it all. */
  readonly signal: AbortSignal;
  /** Hears why an attempt failed; of the same reason once. */
  readonly tell: (err: string) => void;
}

/** Attempts again and again: ten seconds after a failure, after a success when that says; no more where it says nothing. Never rejects. */
export async function keepTrying(
  attempt: () => Promise<number | undefined>,
  { clock, signal, tell }: Attempts,
): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    let againMs: number | undefined = RETRY_MS;
    try {
      againMs = await attempt();
      told = '';
    } catch (error) {
      const err = messageOf(error);
      if (err !== told && !signal.aborted) tell(err);
      told = err;
    }
    if (againMs === undefined) return;
    await sleep(clock, againMs, signal);
  }
}
