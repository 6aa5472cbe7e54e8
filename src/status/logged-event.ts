import type { PodEvent } from '../pod/index.ts';

/** An event as it is kept: what is told again and again is one event that counts. Times are epoch milliseconds. */
export interface LoggedEvent extends PodEvent {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}
