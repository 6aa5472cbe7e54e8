import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { event, node, pod, why } from '../unit/cli/reports.ts';
import { type CannedDaemon, cannedDaemon } from './support/canned-daemon.ts';
import { runTinylet } from './support/program.ts';
import { runOnTerminal, withoutColor } from './support/pseudo-terminal.ts';

/** The built program as people see it: on a terminal, narrow and wide, and in a pipe. */

const ESCAPE = '\u001b';
const LONG = `Back-off pulling image "registry.example.org/team/app:1": ${'and so on '.repeat(30)}`.trim();

const ANSWERS = {
  '/status': node({
    pods: [
      pod('web', {
        file: '/m/web.yaml',
        waiting: [{ container: 'app', reason: 'ImagePullBackOff', message: LONG }],
      }),
    ],
    warnings: [LONG],
  }),
  '/events': { events: [event({ message: LONG }), event({ message: 'short', type: 'Warning' })] },
  '/why': {
    pods: [why('web', { waiting: [{ reason: 'ContainerCreating', message: LONG }], triggers: [LONG] })],
  },
};

const REPORTS = [['status'], ['events'], ['why', 'web']].map((argv) => [argv.join(' '), argv] as const);

let daemon: CannedDaemon;

beforeAll(async () => {
  daemon = await cannedDaemon(ANSWERS);
});

afterAll(() => daemon.close());

const asked = (argv: readonly string[]): readonly string[] => [...argv, '--api-socket', daemon.socketPath];

describe.each([80, 200])('on a terminal of %i columns', (columns) => {
  test('help fits 80', async () => {
    const { code, shown } = await runOnTerminal(['--help'], { columns });
    expect(code).toBe(0);
    expect(shown).toContain('Usage: tinylet');
    expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(REPORTS)('%s: no line is longer than it, and titles are bold', async (_, argv) => {
    const { code, shown } = await runOnTerminal(asked(argv), { columns });
    expect(code).toBe(0);
    expect(shown).toContain(`${ESCAPE}[1m`);
    const lines = withoutColor(shown).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    // Room that is there is used.
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(columns - 12);
    // Nothing of the message is lost where it is broken.
    expect(lines.map((line) => line.trim()).join(' ')).toContain(LONG);
  });

  test('an error is one line, and the advice another', async () => {
    const { code, shown } = await runOnTerminal(['statsu'], { columns });
    const text = 'tinylet: unknown command "statsu"; did you mean status?\nsee tinylet --help\n';
    expect({ code, shown }).toEqual({ code: 2, shown: text });
  });
});

test.each(REPORTS)('%s: NO_COLOR is heeded', async (_, argv) => {
  const { shown } = await runOnTerminal(asked(argv), { columns: 80, env: { NO_COLOR: '1' } });
  expect(shown).toContain('web');
  expect(shown).not.toContain(ESCAPE);
});

test.each(REPORTS)('%s into a pipe is plain, and a message stays on its line', async (_, argv) => {
  const { code, stdout, stderr } = await runTinylet(asked(argv));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(LONG);
  expect(stdout).not.toContain(ESCAPE);
});
