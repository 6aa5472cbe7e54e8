import { test } from 'vitest';
import { runSeeds, seeds, TIMEOUT_MS } from './run-seeds.ts';

/** What sim.test.ts says of the other seeds, beside it. */
test(
  'the reconciler in a world that goes wrong: the other half of the seeds',
  () => runSeeds(seeds.others),
  TIMEOUT_MS,
);
