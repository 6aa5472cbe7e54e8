import { describe, expect, test } from 'vitest';
import { tinylet } from './fake-program.ts';
import { node, pod, why } from './reports.ts';

const told = why(
  'web',
  {
    triggers: ['manifest changed', 'interval'],
    at: '2026-03-01T11:59:00.000Z',
    lastAt: '2026-03-01T11:59:00.000Z',
    observed: ['no sandbox'],
    actions: [
      { action: 'record', outcome: 'done', durationMs: 3 },
      { action: 'make sandbox #0', outcome: 'failed', durationMs: 120, error: 'no address left' },
      { action: 'create container app #0', outcome: 'skipped' },
    ],
  },
  { triggers: [], error: 'the runtime does not answer', observed: [] },
  {
    count: 12,
    lastAt: '2026-03-01T11:59:58.000Z',
    waiting: [
      {
        container: 'app',
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s',
        until: '2026-03-01T12:00:08Z',
      },
      { reason: 'StartAfter', message: '' },
    ],
  },
  { triggers: ['hook'], actions: [{ action: 'stop sandbox 0123', outcome: 'running' }] },
  {},
);

const TEXT = `default/web (uid-of-web): Running
  2026-03-01T11:59:00.000Z (60s ago): manifest changed, interval
    saw: no sandbox
    did: record (3 ms)
    failed: make sandbox #0 (120 ms): no address left
    left out: create container app #0
  2026-03-01T11:59:50.000Z (10s ago): no trigger
    could not look: the runtime does not answer
  2026-03-01T11:59:58.000Z (2s ago), 12 times since 2026-03-01T11:59:50.000Z: interval
    saw: sandbox #0 ready; app #0 running
    waits: app: CrashLoopBackOff until 2026-03-01T12:00:08Z (in 8s): back-off 10s
    waits: StartAfter
  2026-03-01T11:59:50.000Z (10s ago): hook
    saw: sandbox #0 ready; app #0 running
    does now: stop sandbox 0123
  2026-03-01T11:59:50.000Z (10s ago): interval
    saw: sandbox #0 ready; app #0 running
    nothing is to be done
`;

describe('tinylet why', () => {
  test('shows the last passes, the latest last', async () => {
    const { code, out, called } = await tinylet(['why', 'web', '--api-socket', '/run/t.sock'], {
      why: [told],
    });
    expect({ code, out }).toEqual({ code: 0, out: TEXT });
    expect(called).toEqual([
      { what: 'fetchWhy', apiSocket: '/run/t.sock', pod: { namespace: 'default', name: 'web' } },
    ]);
  });

  test('two pods of one name are shown one after the other, a young one as such', async () => {
    const { out } = await tinylet(['why', 'web'], { why: [why('web'), why('web', {})] });
    expect(out.split('\n\n').map((part) => part.split('\n')[1])).toEqual([
      '  It was not looked at yet.',
      '  2026-03-01T11:59:50.000Z (10s ago): interval',
    ]);
  });

  test('prints it as JSON, whole', async () => {
    const { out } = await tinylet(['why', '-n', 'default', 'web', '-o', 'json'], { why: [told] });
    expect(JSON.parse(out)).toEqual({ pods: [told] });
  });

  test('a pod that nobody knows is told so, with the one that may have been meant', async () => {
    const { code, out, err } = await tinylet(['why', 'wbe'], { report: node({ pods: [pod('web')] }) });
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'tinylet: there is no pod default/wbe; did you mean default/web?\n',
    });
  });

  test.each<[string[], string]>([
    [[], 'why needs the name of one pod: tinylet why POD'],
    [['a', 'b'], 'why needs the name of one pod: tinylet why POD'],
    [['a/b/c'], '"a/b/c" is not a pod; write NAME or NAMESPACE/NAME'],
    [['a/b', '-n', 'c'], '"a/b" is not in the namespace "c"'],
  ])('%j is wrong usage', async (operands, message) => {
    const { code, err } = await tinylet(['why', ...operands], { why: [] });
    expect({ code, err }).toEqual({ code: 2, err: `tinylet: ${message}\nsee tinylet --help\n` });
  });

  test('long lines wrap at the width of a terminal, and nothing from data steers it', async () => {
    const evil = `\u001b[2J${' word'.repeat(30)}`;
    const wide = why('web', { error: evil });
    const { out } = await tinylet(['why', 'web'], { why: [wide], terminal: true, env: { NO_COLOR: '1' } });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).not.toContain('\u001b');
  });

  test('without a daemon there is advice', async () => {
    const { code, err } = await tinylet(['status']);
    expect(code).toBe(1);
    expect(err).toContain('start a daemon with "tinylet" as root');
  });
});
