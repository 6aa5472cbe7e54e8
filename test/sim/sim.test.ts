import { describe, test } from 'vitest';
import failingSeeds from './failing-seeds.json' with { type: 'json' };
import { runSeeds, seeds, TIMEOUT_MS } from './run-seeds.ts';

/**
 * Two virtual minutes of edits and trouble for each seed, every change held against the safety properties (checks/), then peace, in
 * which all must become as the files say. The other half of the seeds is in sim-others.test.ts.
 */
describe('the reconciler in a world that goes wrong', () => {
  test.each([
    ['nobody deletes', false],
    ['pods are deleted, too', true],
  ])(
    'seeds that failed once, where %s',
    (_, deletes) => {
      return runSeeds(
        failingSeeds.map(({ seed }) => seed),
        () => deletes,
      );
    },
    TIMEOUT_MS,
  );

  test('every second seed', () => runSeeds(seeds.these), TIMEOUT_MS);
});
