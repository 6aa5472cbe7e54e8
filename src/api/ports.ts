import type { NodeReport } from '../status/index.ts';

/** What the API asks of the rest of the program; main.ts hands it in. */
export interface StatusSource {
  /** The node as it was last seen. Cheap: it is asked for on every request. */
  report(): NodeReport;
}
