import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { PodRecord, PodRecords } from './pod-records.ts';

/** How long after a refusal it is tried again. */
const RETRY_MS = 5_000;

/**
 * Records that keep no pod from its end. A disk may be full of what the very pod holds that is to go, so when it refuses to take that a
 * pod ends, or a container for a fault of its own, that is held in memory for now and written once there is room. A crash meanwhile
 * costs a repeat: a removal begins anew, so does a stop, and a pod that was ended may run once more. Everything else is refused as before:
 * what is not recorded does not begin.
 */
export function lenientPodRecords(
  records: PodRecords,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): PodRecords {
  const owed = new Map<PodUid, PodRecord>();
  let isPlanned = false;
  /** At most one older version is being written; whatever is newer waits for it. */
  let retrying: Promise<void> = Promise.resolve();

  function retryLater(): void {
    if (isPlanned) return;
    isPlanned = true;
    clock.setTimer(RETRY_MS, () => {
      isPlanned = false;
      retrying = retry();
    });
  }

  async function retry(): Promise<void> {
    for (const [uid, record] of owed) {
      try {
        await records.save(record);
      } catch {
        return retryLater();
      }
      if (owed.get(uid) === record) owed.delete(uid);
    }
  }

  return {
    load: () => records.load(),
    async save(record) {
      owed.delete(record.uid);
      await retrying;
      try {
        await records.save(record);
      } catch (error) {
        if (!isEnding(record)) throw error;
        const { uid, namespace, name } = record;
        logger.warn(
          { pod: `${namespace}/${name}`, uid, err: messageOf(error) },
          'the end of a pod cannot be recorded: it ends all the same',
        );
        owed.set(uid, record);
        retryLater();
      }
    },
    async remove(uid) {
      owed.delete(uid);
      await retrying;
      await records.remove(uid);
    },
  };
}

/** Also a stop that is for no other version: what failed its probe holds the disk as well, and a node that is shut down does not wait. */
function isEnding({ ended, deletionStartedAtMs, stops }: PodRecord): boolean {
  const isStopped = Object.values(stops).some(({ cause }) => cause !== undefined);
  return ended !== undefined || deletionStartedAtMs !== undefined || isStopped;
}
