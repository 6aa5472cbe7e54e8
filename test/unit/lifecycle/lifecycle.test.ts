import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import {
  createLifecycle,
  type HookRun,
  type HookState,
  type Lifecycle,
  type StopRun,
} from '../../../src/lifecycle/index.ts';
import { asContainerId, asPodUid, type ContainerId, type HookKind } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const uid = asPodUid('uid-a');
const other = asPodUid('uid-b');
const app = asContainerId('app-0');
const log = asContainerId('log-0');
const running = { state: 'running' };

/** One begun call of a hook or a stop, to be ended by the test. */
interface Call<Run> {
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly succeed: () => void;
  readonly fail: (message: string) => void;
}

/** Hooks and stops that end when a test says so, and all that was told of them. */
class Rig {
  readonly clock = new VirtualClock();
  readonly hooks: Call<HookRun>[] = [];
  readonly stops: Call<StopRun>[] = [];
  readonly told: unknown[] = [];
  readonly lifecycle: Lifecycle = createLifecycle({
    clock: this.clock,
    run: (run, signal) => callInto(this.hooks, run, signal),
    stop: (run, signal) => callInto(this.stops, run, signal),
    listener: {
      onHookEnd: ({ id, hook }, state) =>
        this.told.push({ id, hook, ...state, seen: this.lifecycle.hookState(id, hook).state }),
      onStopEnd: ({ id }, error) => this.told.push({ id, error, isStopping: this.lifecycle.isStopping(id) }),
    },
    logger: silentLogger,
  });

  /** Whether nothing is under way, as `settle` says. */
  async isSettled(): Promise<boolean> {
    let settled = false;
    void this.lifecycle.settle().then(() => {
      settled = true;
    });
    await this.clock.settle();
    return settled;
  }
}

function callInto<Run>(calls: Call<Run>[], run: Run, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    calls.push({ run, signal, succeed: resolve, fail: (message) => reject(new Error(message)) });
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}

function hookOf(changes: Partial<HookRun> = {}): HookRun {
  const handler = { kind: 'exec', command: ['true'] } as const;
  return { uid, id: app, container: 'app', hook: 'preStop', handler, ports: [], ...changes };
}

function stopOf(changes: Partial<StopRun> = {}): StopRun {
  return { uid, id: app, container: 'app', timeoutSeconds: 30, ...changes };
}

describe('a hook', () => {
  test('that nobody began is none', () => {
    expect(new Rig().lifecycle.hookState(app, 'preStop')).toEqual({ state: 'none' });
  });

  test.each<[string, (call: Call<HookRun> | undefined) => void, HookState]>([
    ['done', (call) => call?.succeed(), { state: 'done' }],
    ['failed', (call) => call?.fail('exited with 7'), { state: 'failed', message: 'exited with 7' }],
  ])('runs, is %s, is told once, and stays so', async (_case, end, state) => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf());
    await rig.clock.advance(86_400_000);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(running);
    end(rig.hooks[0]);
    await rig.clock.settle();
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(state);
    rig.lifecycle.beginHook(hookOf());
    await rig.clock.advance(86_400_000);
    expect(rig.hooks).toHaveLength(1);
    expect(rig.told).toEqual([{ id: app, hook: 'preStop', ...state, seen: state.state }]);
  });

  test('that is under way is joined', () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf());
    rig.lifecycle.beginHook(hookOf({ limitMs: 5_000 }));
    expect(rig.hooks).toHaveLength(1);
  });

  test.each<[string, Partial<HookRun>, HookKind, ContainerId]>([
    ['of another kind', { hook: 'postStart' }, 'postStart', app],
    ['of another instance', { id: log }, 'preStop', log],
  ])('%s runs beside it', async (_case, changes, kind, id) => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf());
    rig.lifecycle.beginHook(hookOf(changes));
    expect(rig.hooks).toHaveLength(2);
    rig.hooks[1]?.succeed();
    await rig.clock.settle();
    expect(rig.lifecycle.hookState(id, kind)).toEqual({ state: 'done' });
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(running);
  });
});

describe('the limit of a hook', () => {
  const overdue = (seconds: number) => ({
    state: 'failed',
    message: `preStop hook did not end within the ${seconds}s of the grace period that were left, and was cancelled`,
  });

  test('cancels it, and not before', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf({ limitMs: 30_000 }));
    await rig.clock.advance(29_999);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(running);
    expect(rig.hooks[0]?.signal.aborted).toBe(false);
    await rig.clock.advance(1);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(overdue(30));
    expect(rig.hooks[0]?.signal.aborted).toBe(true);
    expect(rig.told).toEqual([{ id: app, hook: 'preStop', ...overdue(30), seen: 'failed' }]);
  });

  test('holds though the handler does not heed it', async () => {
    const rig = new Rig();
    const lifecycle = createLifecycle({
      clock: rig.clock,
      run: () => new Promise(() => {}),
      stop: async () => {},
      listener: { onHookEnd: (_run, state) => rig.told.push(state), onStopEnd: () => {} },
      logger: silentLogger,
    });
    lifecycle.beginHook(hookOf({ limitMs: 2_000 }));
    await rig.clock.advance(2_000);
    expect(rig.told).toEqual([overdue(2)]);
    await rig.clock.complete(lifecycle.settle(), 0);
  });

  test('is over at once where nothing is left, and the hook is not begun', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf({ limitMs: 0 }));
    expect(rig.told).toEqual([]);
    await rig.clock.settle();
    expect(rig.hooks).toEqual([]);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(overdue(0));
  });

  test('does not touch one that ended in time', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf({ limitMs: 30_000 }));
    rig.hooks[0]?.succeed();
    await rig.clock.advance(60_000);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual({ state: 'done' });
    expect(rig.told).toHaveLength(1);
  });

  test.each([
    ['an earlier one of who joins counts', 5_000, 15],
    ['a later one of who joins does not', 90_000, 30],
    ['none of who joins changes nothing', undefined, 30],
  ])('%s', async (_case, joinedMs, endsAfter) => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf({ limitMs: 30_000 }));
    await rig.clock.advance(10_000);
    rig.lifecycle.beginHook(hookOf(joinedMs === undefined ? {} : { limitMs: joinedMs }));
    await rig.clock.advance(endsAfter * 1000 - 10_001);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(running);
    await rig.clock.advance(1);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(overdue(endsAfter));
  });

  test('does not move with the time of day', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf({ limitMs: 30_000 }));
    rig.clock.jumpWallClock(3_600_000);
    await rig.clock.advance(29_999);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(running);
  });
});

describe('a stop', () => {
  test.each<[string, (call: Call<StopRun> | undefined) => void, unknown]>([
    ['succeeds', (call) => call?.succeed(), undefined],
    ['fails', (call) => call?.fail('no such task'), new Error('no such task')],
  ])(
    'is joined while it is under way; one that %s is told and may be begun anew',
    async (_case, end, error) => {
      const rig = new Rig();
      rig.lifecycle.beginStop(stopOf());
      rig.lifecycle.beginStop(stopOf({ timeoutSeconds: 31 }));
      await rig.clock.advance(3_600_000);
      expect(rig.stops.map(({ run }) => run.timeoutSeconds)).toEqual([30]);
      expect(rig.lifecycle.isStopping(app)).toBe(true);
      end(rig.stops[0]);
      await rig.clock.settle();
      expect(rig.told).toEqual([{ id: app, error, isStopping: false }]);
      expect(rig.lifecycle.isStopping(app)).toBe(false);
      rig.lifecycle.beginStop(stopOf());
      expect(rig.stops).toHaveLength(2);
    },
  );

  test('that kills earlier follows the one under way, which is cancelled and told to nobody', async () => {
    const rig = new Rig();
    rig.lifecycle.beginStop(stopOf());
    await rig.clock.advance(20_000);
    rig.lifecycle.beginStop(stopOf({ timeoutSeconds: 10 }));
    rig.lifecycle.beginStop(stopOf({ timeoutSeconds: 4 }));
    rig.lifecycle.beginStop(stopOf({ timeoutSeconds: 3 }));
    await rig.clock.settle();
    expect(rig.stops.map(({ run, signal }) => [run.timeoutSeconds, signal.aborted])).toEqual([
      [30, true],
      [3, false],
    ]);
    expect([rig.told, rig.lifecycle.isStopping(app), await rig.isSettled()]).toEqual([[], true, false]);
    rig.stops[1]?.succeed();
    await rig.clock.settle();
    expect(rig.told).toEqual([{ id: app, error: undefined, isStopping: false }]);
    expect(await rig.isSettled()).toBe(true);
  });

  test('that has ended when a shorter one is asked for is not made again', async () => {
    const rig = new Rig();
    rig.lifecycle.beginStop(stopOf());
    rig.stops[0]?.succeed();
    rig.lifecycle.beginStop(stopOf({ timeoutSeconds: 4 }));
    await rig.clock.settle();
    expect(rig.stops).toHaveLength(1);
    expect(rig.told).toEqual([{ id: app, error: undefined, isStopping: false }]);
  });

  test('of another instance goes on beside it', () => {
    const rig = new Rig();
    rig.lifecycle.beginStop(stopOf());
    expect(rig.lifecycle.isStopping(log)).toBe(false);
    rig.lifecycle.beginStop(stopOf({ id: log }));
    expect(rig.stops.map(({ run }) => run.id)).toEqual([app, log]);
  });
});

describe('what is forgotten', () => {
  test('is cancelled and told to nobody; the rest goes on', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf());
    rig.lifecycle.beginHook(hookOf({ id: log }));
    rig.lifecycle.beginHook(hookOf({ uid: other, id: asContainerId('other-0') }));
    rig.lifecycle.keepOnly(uid, new Set([log]));
    await rig.clock.settle();
    expect(rig.hooks.map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual({ state: 'none' });
    expect(rig.lifecycle.hookState(log, 'preStop')).toEqual(running);
    expect(rig.told).toEqual([]);
  });

  test('takes its end with it', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf());
    rig.hooks[0]?.succeed();
    await rig.clock.settle();
    rig.lifecycle.keepOnly(uid, new Set());
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual({ state: 'none' });
  });

  test('is no stop: that ends by itself', () => {
    const rig = new Rig();
    rig.lifecycle.beginStop(stopOf());
    rig.lifecycle.keepOnly(uid, new Set());
    expect(rig.lifecycle.isStopping(app)).toBe(true);
    expect(rig.stops[0]?.signal.aborted).toBe(false);
  });
});

describe('settle', () => {
  test('waits for hooks and stops, those too that are begun meanwhile', async () => {
    const rig = new Rig();
    expect(await rig.isSettled()).toBe(true);
    rig.lifecycle.beginHook(hookOf());
    const settled = rig.lifecycle.settle();
    let isOver = false;
    void settled.then(() => {
      isOver = true;
    });
    rig.lifecycle.beginStop(stopOf());
    rig.hooks[0]?.succeed();
    await rig.clock.settle();
    expect(isOver).toBe(false);
    rig.stops[0]?.succeed();
    await rig.clock.settle();
    expect(isOver).toBe(true);
  });
});

describe('close', () => {
  test('cancels all, tells nobody, and lets nothing begin', async () => {
    const rig = new Rig();
    rig.lifecycle.beginHook(hookOf({ limitMs: 30_000 }));
    rig.lifecycle.beginStop(stopOf());
    rig.lifecycle.beginStop(stopOf({ id: log }));
    rig.lifecycle.beginStop(stopOf({ id: log, timeoutSeconds: 4 }));
    rig.lifecycle.close();
    expect([...rig.hooks, ...rig.stops].map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
    expect(await rig.isSettled()).toBe(true);
    rig.lifecycle.beginHook(hookOf({ id: log }));
    rig.lifecycle.beginStop(stopOf({ id: log }));
    await rig.clock.advance(60_000);
    expect(rig.hooks).toHaveLength(1);
    expect(rig.stops).toHaveLength(2);
    expect(rig.told).toEqual([]);
    // A hook that was cut off is not over: whoever comes next has to run it.
    expect(rig.lifecycle.hookState(app, 'preStop')).toEqual(running);
    expect(rig.lifecycle.isStopping(app)).toBe(false);
  });
});
