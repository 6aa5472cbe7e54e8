import { describe, test } from 'vitest';
import failingSeeds from './failing-seeds.json' with { type: 'json' };
import { runSeeds, seeds, TIMEOUT_MS } from './run-seeds.ts';

/**
 * Two virtual minutes of edits and trouble for each seed, every change held against the safety properties (checks/), then peace, in
 * which all must become as the files say. The other half of the seeds is in sim-others.test.ts.
 */
describe('the reconciler in a world that goes wrong', () => {
  test('seeds that failed once', () => runSeeds(failingSeeds.map(({ seed }) => seed)), TIMEOUT_MS);

  test('every second seed', () => runSeeds(seeds.these), TIMEOUT_MS);
});
