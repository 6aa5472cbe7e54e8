import { describe, expect, test } from 'vitest';
import type { Action, Plan } from '../../../src/plan/actions.ts';
import { asContainerId, asSandboxId } from '../../../src/pod/index.ts';
import { type PassBegin, PassHistory } from '../../../src/reconcile/pass-history.ts';
import type { Wait } from '../../../src/targets/wait.ts';
import { makeInstance, makeRecord, nowMs, observe, pod, sandboxConfigOf, uid } from '../plan/base.ts';

const start: Action = { type: 'start-container', id: asContainerId('app-0'), container: 'app' };
const save: Action = { type: 'save-record', record: makeRecord() };
const crashLoop: Wait = {
  container: 'app',
  reason: 'CrashLoopBackOff',
  message: 'back-off 10s',
  untilMs: nowMs + 10_000,
};

const plan = (...actions: readonly Action[]): Plan => ({ actions, waits: [] });
const waiting = (...waits: readonly Wait[]): Plan => ({ actions: [], waits });

function begin(changes: Partial<PassBegin> = {}): PassBegin {
  return { triggers: ['interval'], atMs: nowMs, snapshot: 1, observed: observe(), plan: plan(), ...changes };
}

test('a pass that found everything as it should be, whole', () => {
  const history = new PassHistory();
  history.begin(begin());
  expect(history.report()).toEqual([
    {
      triggers: ['interval'],
      at: '2026-01-02T12:00:00.000Z',
      count: 1,
      lastAt: '2026-01-02T12:00:00.000Z',
      snapshot: 1,
      observed: ['sandbox #0 ready', 'app #0 running', 'log #0 running'],
      actions: [],
      waiting: [],
    },
  ]);
});

test('what was seen is told of the newest instance of each container', () => {
  const history = new PassHistory();
  const observed = observe({
    containers: [
      makeInstance('app', { attempt: 1, state: 'created' }),
      makeInstance('app', { state: 'exited' }),
      makeInstance('log', { state: 'exited' }),
    ],
  });
  history.begin(begin({ observed }));
  history.begin(begin({ observed: observe({ sandboxes: [], containers: [] }) }));
  expect(history.report().map((pass) => pass.observed)).toEqual([
    ['sandbox #0 ready', 'app #1 created', 'log #0 exited with 1 (Error)'],
    ['no sandbox'],
  ]);
});

describe('actions', () => {
  const outcomes = (history: PassHistory) =>
    history
      .report()
      .at(-1)
      ?.actions.map(
        ({ action, outcome, error }) => `${outcome}: ${action}${error === undefined ? '' : `: ${error}`}`,
      );

  test('are told as they go on', () => {
    const history = new PassHistory();
    history.begin(begin({ plan: plan(save, start, save) }));
    expect(outcomes(history)).toEqual(['running: record', 'skipped: start container app', 'skipped: record']);
    history.note({ outcome: 'done', durationMs: 1.4 });
    expect(outcomes(history)).toEqual(['done: record', 'running: start container app', 'skipped: record']);
    history.note({ outcome: 'failed', durationMs: 2, error: 'no luck' });
    history.end();
    expect(outcomes(history)).toEqual([
      'done: record',
      'failed: start container app: no luck',
      'skipped: record',
    ]);
    expect(history.report()[0]?.actions[0]).toEqual({ action: 'record', outcome: 'done', durationMs: 1 });
  });

  test.each<[Action, string]>([
    [{ type: 'run-sandbox', config: sandboxConfigOf(pod, 2), handler: '' }, 'make sandbox #2'],
    [
      { type: 'begin-stop', stop: { uid, id: asContainerId('x'), container: 'app', timeoutSeconds: 30 } },
      'begin to stop container app (30 s)',
    ],
    [
      { type: 'remove-sandbox', id: asSandboxId('0123456789abcdef'), attempt: 2, why: 'of age' },
      'remove sandbox 0123456789abc (of age)',
    ],
    [
      {
        type: 'remove-container',
        id: asContainerId('x'),
        ...{ container: 'app', attempt: 3, why: 'of age' },
      },
      'remove container app #3 (of age)',
    ],
    [{ type: 'delete-record', uid }, 'forget the pod'],
  ])('%j in words', (action, words) => {
    const history = new PassHistory();
    history.begin(begin({ plan: plan(action) }));
    expect(history.report()[0]?.actions[0]?.action).toBe(words);
  });
});

describe('passes that come to the same', () => {
  const counts = (history: PassHistory) => history.report().map(({ count }) => count);

  test('are one that counts, with all that triggered it', () => {
    const history = new PassHistory();
    history.begin(begin());
    history.begin(begin({ triggers: ['probe'], atMs: nowMs + 2_000, snapshot: 2 }));
    history.begin(begin({ atMs: nowMs + 4_000, snapshot: 3 }));
    expect(history.report()).toMatchObject([
      {
        triggers: ['interval', 'probe'],
        ...{ at: '2026-01-02T12:00:00.000Z', count: 3, lastAt: '2026-01-02T12:00:04.000Z', snapshot: 3 },
      },
    ]);
  });

  test('are the same while one waits for one moment, whatever the message counts down', () => {
    const history = new PassHistory();
    history.begin(begin({ plan: waiting(crashLoop) }));
    history.begin(begin({ plan: waiting({ ...crashLoop, message: 'back-off 8s' }) }));
    expect(counts(history)).toEqual([2]);
  });

  test.each<[string, Partial<PassBegin>]>([
    ['something else was seen', { observed: observe({ containers: [] }) }],
    ['it waits for another moment', { plan: waiting({ ...crashLoop, untilMs: nowMs }) }],
    ['it waits no more', { plan: plan() }],
  ])('are two where %s', (_case, changes) => {
    const history = new PassHistory();
    history.begin(begin({ plan: waiting(crashLoop) }));
    history.begin(begin({ plan: waiting(crashLoop), ...changes }));
    expect(counts(history)).toEqual([1, 1]);
  });

  test('that acted are compared when they are over, with what came of it', () => {
    const history = new PassHistory();
    for (const error of ['a', 'a', 'b']) {
      history.begin(begin({ plan: plan(start) }));
      history.note({ outcome: 'failed', durationMs: 1, error });
      history.end();
    }
    expect(counts(history)).toEqual([2, 1]);
  });

  test('that could not look are one, too', () => {
    const history = new PassHistory();
    for (const error of ['gone', 'gone', 'away']) history.blind(begin(), error);
    expect(history.report()).toMatchObject([
      { count: 2, error: 'gone', observed: [] },
      { count: 1, error: 'away' },
    ]);
  });
});

test('twenty are kept, the oldest go first', () => {
  const history = new PassHistory();
  for (let pass = 0; pass < 25; pass += 1) history.blind(begin(), `${pass}`);
  expect(history.report().map(({ error }) => error)).toEqual(
    Array.from({ length: 20 }, (_, index) => `${index + 5}`),
  );
});
