import { type Clock, sleep } from '../base/index.ts';

/** What is done now and then beside the pods. Neither rejects. */
export interface Chores {
  collectImages(): Promise<void>;
  sweepOrphans(signal: AbortSignal): Promise<void>;
}

export interface Housekeeping {
  start(): void;
  /** Begins nothing new, and waits a little for what is under way. */
  close(): Promise<void>;
}

/** By then the pods have been looked at. */
const FIRST_MS = 10_000;
/** (kubelet: ContainerGCPeriod; its own sweep of directories comes every 2 s) */
const PERIOD_MS = 60_000;
/** Every so many rounds (kubelet: ImageGCPeriod, 5 min). */
const IMAGES_EVERY = 5;
const CLOSE_PATIENCE_MS = 2_000;

/** One loop for all of it, one thing at a time: none of it is urgent, and the machine has other work. */
export function createHousekeeping(chores: Chores, clock: Clock): Housekeeping {
  const ending = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    await sleep(clock, FIRST_MS, ending.signal);
    for (let round = 0; !ending.signal.aborted; round += 1) {
      await chores.sweepOrphans(ending.signal);
      if (round % IMAGES_EVERY === 0 && !ending.signal.aborted) await chores.collectImages();
      await sleep(clock, PERIOD_MS, ending.signal);
    }
  };
  return {
    start() {
      loop = run();
    },
    async close() {
      ending.abort();
      const waiting = new AbortController();
      const ended = (): void => waiting.abort();
      loop.then(ended, ended);
      await sleep(clock, CLOSE_PATIENCE_MS, waiting.signal);
    },
  };
}
