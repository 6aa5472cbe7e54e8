import type { Cleanups } from './cleanups.ts';
import type { Figure } from './figure.ts';

/** What a bench is given to run with. */
export interface BenchContext {
  /** How many samples a figure with a goal is to have. */
  readonly rounds: number;
  /** The built program under test, `main.js`. */
  readonly program: string;
  /** Runs when the bench is over, or interrupted. */
  readonly cleanups: Cleanups;
  /** A line on stderr about what is going on. */
  readonly note: (text: string) => void;
}

/** One subject and the rows it adds to the table. */
export interface Bench {
  readonly name: string;
  /** Needs root, Linux and containerd; left out with the reason where they are not to be had. */
  readonly needsRealRuntime: boolean;
  run(context: BenchContext): Promise<readonly Figure[]>;
}

/** Rounds that bring everything into caches before those that count. */
export const WARM_UP_ROUNDS = 2;
