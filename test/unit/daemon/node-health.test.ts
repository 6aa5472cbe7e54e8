import { describe, expect, test } from 'vitest';
import { nodeHealth } from '../../../src/daemon/node-health.ts';
import type { NodeReport } from '../../../src/status/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { node } from '../cli/reports.ts';

interface State {
  readonly report: Partial<NodeReport>;
  readonly lastTickMs: number | undefined;
  readonly inForce: number;
}

/** What is wrong, by the name of the check, at a time of the monotonic clock. */
function problems(changed: Partial<State> = {}, nowMs = 10, intervalMs = 2_000) {
  const state: State = { report: {}, lastTickMs: 0, inForce: 1, ...changed };
  const source = nodeHealth(
    {
      clock: { monotonicMs: () => nowMs },
      reconciler: {
        report: () => node(state.report),
        looks: () => ({ begun: 1, inForce: state.inForce }),
        lastTickMs: state.lastTickMs,
      },
    },
    { intervalMs },
  );
  const found = source.healthChecks().map((check) => [check.name, check.problem()]);
  return Object.fromEntries(found.filter(([, problem]) => problem !== undefined));
}

describe('the health of a node', () => {
  test('is told by these, and the runtime and the manifests have no part in being alive', () => {
    const checks = nodeHealth(
      {
        clock: new VirtualClock(),
        reconciler: {
          report: () => node(),
          looks: () => ({ begun: 1, inForce: 1 }),
          lastTickMs: 0,
        },
      },
      { intervalMs: 1 },
    ).healthChecks();
    expect(checks.map(({ name, alive }) => [name, alive])).toEqual([
      ['ping', true],
      ['syncloop', true],
      ['runtime', false],
      ['manifests', false],
    ]);
  });

  test('is well where passes go over it and the runtime answers', () => {
    expect(problems()).toEqual({});
  });

  test('before the first pass it is alive, but not ready', () => {
    const runtime = { ready: false };
    const before = { report: { passes: 0, runtime }, lastTickMs: undefined, inForce: 0 };
    expect(problems(before, 10 ** 9)).toEqual({
      runtime: 'the first pass has not ended',
      manifests: 'the manifests were not looked at yet',
    });
  });

  test('without a runtime it is not ready, for the reason the runtime has', () => {
    const runtime = { ready: false, message: 'no such socket' };
    expect(problems({ report: { runtime } })).toEqual({ runtime: 'no such socket' });
    expect(problems({ report: { runtime, passes: 0 } })).toEqual({ runtime: 'no such socket' });
    expect(problems({ report: { runtime: { ready: false } } })).toEqual({ runtime: 'no reason given' });
  });

  test('a source that cannot be read takes nothing from it: what was known of it stays', () => {
    expect(problems({ report: { directories: [{ directory: '/gone', problem: 'not there' }] } })).toEqual({});
  });

  test.each<[intervalMs: number, boundMs: number, bound: string]>([
    [100, 180_200, '3m0.2s'],
    [2_000, 184_000, '3m4s'],
    [3_600_000, 7_380_000, '2h3m0s'],
  ])('a loop with an interval of %i ms may be silent for %i ms', (intervalMs, boundMs, bound) => {
    expect(problems({ lastTickMs: 500 }, 500 + boundMs, intervalMs)).toEqual({});
    expect(problems({ lastTickMs: 500 }, 500 + boundMs + 1000, intervalMs)).toEqual({
      syncloop: expect.stringMatching(new RegExp(`ago, which may be ${bound} at most$`)),
    });
  });
});
