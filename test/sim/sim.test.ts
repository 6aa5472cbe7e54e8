import { describe, expect, test } from 'vitest';
import failingSeeds from './failing-seeds.json' with { type: 'json' };
import { type SimResult, simulate } from './simulate.ts';

const FULL = process.env.TINYLET_FULL === '1';
const count = Number(process.env.SIM_SEEDS ?? (FULL ? 3_000 : 300));
const first = Number(process.env.SIM_SEED ?? 0);
/** One seed takes some 50 ms of a core. */
const TIMEOUT_MS = 60_000 + count * 1_000;

/**
 * Seeds from SIM_SEED on, SIM_SEEDS of them: two virtual minutes of edits and trouble each, every change held against the safety
 * properties (checks/), then peace, in which all must become as the files say.
 */
describe('the reconciler in a world that goes wrong', () => {
  test('seeds that failed once', async () => run(failingSeeds.map(({ seed }) => seed)), TIMEOUT_MS);

  test(
    `${count} seeds from ${first}`,
    async () => {
      const results = await run(Array.from({ length: count }, (_, index) => first + index));
      // A simulation in which nothing happens would pass, too.
      expect(results.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(100 * results.length);
    },
    TIMEOUT_MS,
  );
});

async function run(seeds: readonly number[]): Promise<SimResult[]> {
  const results: SimResult[] = [];
  for (const seed of seeds) {
    const result = await simulate(seed);
    if (result.violation !== undefined) expect.fail(describeFailure(result));
    results.push(result);
  }
  return results;
}

function describeFailure({ seed, violation }: SimResult): string {
  return [
    `seed ${seed} breaks "${violation?.property}": ${violation?.words}`,
    violation?.trace,
    `Run it alone: SIM_SEED=${seed} SIM_SEEDS=1 npx vitest run test/sim/sim.test.ts`,
    'Once it is mended, add the seed to test/sim/failing-seeds.json.',
  ].join('\n');
}
