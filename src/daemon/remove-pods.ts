import { ApiFailure } from '../apimachinery/index.ts';
import { type Clock, type Logger, messageOf, sleep } from '../base/index.ts';

export interface RemovablePod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

export interface PodRemoval<P extends RemovablePod> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those to remove as of now. */
  readonly due: () => readonly P[];
  readonly remove: (pod: P) => Promise<unknown>;
  readonly periodMs: number;
  /** What the log says of one that is gone, and of one that does not go. */
  readonly words: { readonly removed: string; readonly failed: string };
}

/** Removes what is due at once, then every period until the signal. Never rejects: what cannot be removed is tried again. */
export async function removePods<P extends RemovablePod>(
  { clock, logger, due, remove, periodMs, words }: PodRemoval<P>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const pod of due()) {
      // While one was removed another may have taken the name of the next.
      if (signal.aborted || !due().some(({ uid }) => uid === pod.uid)) continue;
      const facts = { pod: `${pod.namespace}/${pod.name}` };
      try {
        await remove(pod);
        logger.info(facts, words.removed);
      } catch (error) {
        // Somebody else has deleted it meanwhile.
        if (error instanceof ApiFailure && error.reason === 'NotFound') continue;
        logger.warn({ ...facts, err: messageOf(error) }, words.failed);
      }
    }
    await sleep(clock, periodMs, signal);
  }
}
