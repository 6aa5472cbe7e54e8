import { ApiClient } from './api-client.ts';
import { unconverged } from './convergence.ts';
import { readinessWatch } from './readiness-watch.ts';
import type { Violation } from './safety.ts';
import { Scenario } from './scenario.ts';
import { settledUids } from './settled.ts';
import { type Alter, World } from './world.ts';

const TROUBLED_MS = 120_000;
/** Longer than the longest pull back-off and a hung call after it. */
const PATIENCE_MS = 420_000;
const LOOK_EVERY_MS = 1_000;
const ADOPTION_MS = 10_000;

export interface SimResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly convergedAfterMs: number;
  readonly calls: number;
}

export interface Story {
  readonly alter?: Alter;
  /** Somebody deletes pods through the API meanwhile. Without, a seed tells the story it always told. */
  readonly deletes: boolean;
}

/** One seed: trouble for two minutes, then peace, then a daemon that is killed and must find everything as it should be. */
export async function simulate(seed: number, { alter, deletes }: Story): Promise<SimResult> {
  const world = new World({ seed, ...temperOf(seed), ...(alter && { alter }) });
  let calls = 0;
  world.model.onCall(({ phase }) => {
    if (phase === 'before') calls += 1;
  });
  const scenario = new Scenario(world, seed % 5 !== 0);
  await scenario.begin();
  if (deletes) new ApiClient(world, seed).begin();
  const watch = readinessWatch(world);
  await scenario.run(TROUBLED_MS, watch);
  const convergedAfterMs = await converge(world, scenario, watch);
  await checkAdoption(world);
  world.crashDaemon();
  return { seed, violation: world.safety.violation, convergedAfterMs, calls };
}

/** Seeds differ in how bad things are; every fifth has nothing but edits. */
function temperOf(seed: number): Pick<ConstructorParameters<typeof World>[0], 'rates' | 'slow'> {
  const level = [0, 0.002, 0.01, 0.03, 0.08][seed % 5] ?? 0;
  return {
    slow: seed % 2 === 0,
    rates: {
      before: level,
      after: level,
      hang: level / 6,
      delay: level * 2,
      longestDelayMs: 3_000,
      diskFull: level / 2,
    },
  };
}

async function converge(world: World, scenario: Scenario, watch: () => void): Promise<number> {
  const { safety, clock } = world;
  if (safety.violation !== undefined) return 0;
  await scenario.calmDown();
  const startedMs = clock.monotonicMs();
  let left: string[] = [];
  while (safety.violation === undefined && clock.monotonicMs() - startedMs < PATIENCE_MS) {
    await clock.advance(LOOK_EVERY_MS);
    watch();
    left = unconverged(world);
    if (left.length === 0) break;
  }
  if (left.length > 0)
    safety.violate(
      'liveness',
      `after ${PATIENCE_MS / 1000} s:`,
      left.join('; '),
      '| the daemon says',
      world.waits,
    );
  if (world.harmedForeigner !== undefined) safety.violate('ownership', 'a foreigner was harmed');
  return clock.monotonicMs() - startedMs;
}

/** Another daemon on the same world leaves alone what is as it should be. */
async function checkAdoption(world: World): Promise<void> {
  if (world.safety.violation !== undefined) return;
  await world.clock.advance(5_000);
  world.crashDaemon();
  const settled = settledUids(world);
  const forget = world.model.onCall(({ phase, mutating, podUid = '', call }) => {
    if (phase === 'before' && mutating && settled.has(podUid))
      world.safety.violate('adoption', call, 'on the settled pod', podUid);
  });
  await world.startDaemon();
  await world.clock.advance(ADOPTION_MS);
  forget();
}
