import { expect } from 'vitest';
import type { Mutation } from './mutations.ts';
import { simulate } from './simulate.ts';

/** Within so many seeds a wrong daemon must be found out. */
const SEEDS = 60;

/** The simulator can fail: each property is broken by a daemon that is wrong in its way. */
export async function findOut({ alter, breaks, rare, deletes = false }: Mutation): Promise<void> {
  const seen = new Set<string>();
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  for (const seed of rare === undefined ? seeds : [rare, ...seeds]) {
    const { violation } = await simulate(seed, { alter, deletes });
    if (violation !== undefined && breaks.includes(violation.property)) return;
    if (violation !== undefined) seen.add(`${violation.property}: ${violation.words}`);
  }
  expect.fail(
    `nothing of ${breaks} broke within ${SEEDS} seeds; ${[...seen].join('; ') || 'nothing else did'}`,
  );
}
