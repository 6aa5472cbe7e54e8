import { expect } from 'vitest';
import { type SimResult, simulate } from './simulate.ts';

const FULL = process.env.TINYLET_FULL === '1';
const count = Number(process.env.SIM_SEEDS ?? (FULL ? 3_000 : 300));
const first = Number(process.env.SIM_SEED ?? 0);

/** Seeds from SIM_SEED on, SIM_SEEDS of them: every second one, so that two test files share them. */
export const seeds = {
  these: every(0),
  others: every(1),
};

/** One seed takes some 100 ms of a core. */
export const TIMEOUT_MS = 60_000 + count * 1_000;

/** In a third of the seeds nobody deletes, and pods live longer. */
function isWithDeletes(seed: number): boolean {
  return seed % 3 !== 1;
}

function every(offset: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index).filter(
    (_, index) => index % 2 === offset,
  );
}

/** Runs them one after the other, up to the first that breaks something. */
export async function runSeeds(
  all: readonly number[],
  deletes: (seed: number) => boolean = isWithDeletes,
): Promise<void> {
  let calls = 0;
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));
  for (const seed of all) {
    const result = await simulate(seed, { deletes: deletes(seed) });
    if (result.violation !== undefined) expect.fail(describeFailure(result));
    calls += result.calls;
  }
  // Signals that collect listeners are told of by Node itself.
  expect(warnings).toEqual([]);
  // A simulation in which nothing happens would pass, too.
  expect(calls).toBeGreaterThanOrEqual(100 * all.length);
}

function describeFailure({ seed, violation }: SimResult): string {
  return [
    `seed ${seed} breaks "${violation?.property}": ${violation?.words}`,
    violation?.trace,
    `Run it alone: SIM_SEED=${seed} SIM_SEEDS=1 npx vitest run test/sim/sim.test.ts`,
    'Once it is mended, add the seed to test/sim/failing-seeds.json.',
  ].join('\n');
}
