import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { renderEvents } from '../../../src/cli/render-events.ts';
import type { EventReport } from '../../../src/status/index.ts';
import { eventObject } from '../../../src/store/kinds/event-object.ts';
import { ObjectWorld } from '../api/object-world.ts';
import { type Outcome, tinylet } from './fake-program.ts';
import { ObjectClient } from './object-client.ts';
import { event, node, pod } from './reports.ts';

const events = [
  event(),
  event({
    namespace: 'prod',
    name: 'db',
    reason: 'SandboxChanged',
    message: 'changed',
    fieldPath: 'spec.initContainers{setup}',
  }),
  event({
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting',
    count: 4,
    lastTimestamp: '2026-03-01T11:59:30Z',
  }),
];

const TABLE = `NAMESPACE   LAST SEEN          TYPE      REASON           POD   CONTAINER   MESSAGE
default     5m                 Normal    Started          web   app         Container started
prod        5m                 Normal    SandboxChanged   db    setup       changed
default     30s (x4 over 5m)   Warning   BackOff          web   app         Back-off restarting
`;

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

describe('tinylet events', () => {
  test('shows them as they come, the latest last', async () => {
    const { code, out, called } = await tinylet(['events', '--api-socket', '/run/t.sock'], { events });
    expect({ code, out }).toEqual({
      code: 0,
      out: TABLE,
    });
    expect(called).toEqual([{ what: 'fetchEvents', apiSocket: '/run/t.sock', pod: undefined }]);
  });

  test.each<[string[], { namespace: string; name: string }]>([
    [['web'], { namespace: 'default', name: 'web' }],
    [['prod/web'], { namespace: 'prod', name: 'web' }],
    [['web', '-n', 'prod'], { namespace: 'prod', name: 'web' }],
    [['prod/web', '-n', 'prod'], { namespace: 'prod', name: 'web' }],
  ])('%j asks for that pod', async (operands, asked) => {
    const { called } = await tinylet(['events', ...operands], { events });
    expect(called).toMatchObject([{ what: 'fetchEvents', pod: asked }]);
  });

  test('a namespace alone leaves out the others', async () => {
    const { out } = await tinylet(['events', '-n', 'prod', '-o', 'json'], { events });
    expect(JSON.parse(out)).toEqual({ events: [events[1]] });
  });

  test('a pod without events, and a node', async () => {
    const none = await tinylet(['events', 'web'], { report: node({ pods: [pod('web')] }) });
    expect(none).toMatchObject({ code: 0, out: 'No events.\n' });
    expect(await tinylet(['events'])).toMatchObject({ code: 0, out: 'No events.\n' });
  });

  test('a pod that nobody knows is told so, with the one that may have been meant', async () => {
    const report = node({ pods: [pod('web'), pod('db', { namespace: 'prod' })] });
    const told = async (...argv: string[]) => {
      const { code, out, err } = await tinylet(['events', ...argv], { report });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      return err;
    };
    expect(await told('wbe')).toBe(
      'tinylet: there is no pod default/wbe; did you mean default/web?, and no event of one\n',
    );
    expect(await told('db')).toBe(
      'tinylet: there is no pod default/db; did you mean prod/db?, and no event of one\n',
    );
    expect(await told('something')).toBe('tinylet: there is no pod default/something, and no event of one\n');
  });

  test('what comes from data cannot steer the terminal or fake a line', async () => {
    const evil = '\u001b[2J\nNAMESPACE\u202e';
    const { out } = await tinylet(['events'], {
      events: [event({ message: evil, reason: evil, name: evil })],
      terminal: true,
      env: { NO_COLOR: '1' },
    });
    expect(out).not.toContain('\u001b');
    // What it is about, the message below it, since columns do not fit, and nothing.
    expect(out.split('\n')).toHaveLength(3);
  });

  test('on a wide terminal a message that is too long goes on below itself', () => {
    const message = `${'words '.repeat(20)}end`;
    const [title = '', first = '', ...more] = renderEvents([event({ message })], NOW_MS, { width: 120 })
      .trimEnd()
      .split('\n');
    const at = title.indexOf('MESSAGE');
    expect(first.slice(at)).toMatch(/^words( words)+$/);
    expect(more.length).toBeGreaterThan(1);
    for (const line of more) expect(line).toMatch(new RegExp(`^ {${at}}(words|end)`));
    for (const line of [first, ...more]) expect(line.length).toBeLessThanOrEqual(120);
  });

  test('on a terminal with no room beside the cells it stands below them', async () => {
    const name = 'a-longer-name';
    const message = `${'words '.repeat(20)}end`;
    const { out } = await tinylet(['events'], { events: [event({ name, message })], terminal: true });
    const [, first = '', ...more] = out.trimEnd().split('\n');
    expect(first).toMatch(new RegExp(`${name}   app$`));
    expect(more.map((line) => line.slice(4)).join(' ')).toBe(message);
    for (const line of more) expect(line).toMatch(/^ {4}\w.{0,75}$/);
  });

  test('on a terminal too narrow for the columns there are none', () => {
    const name = `${'long-'.repeat(4)}name`;
    const message = 'some words';
    const out = renderEvents([event({ name, message, count: 3 })], NOW_MS, { width: 80, color: true });
    expect(out).toBe(`5m (x3 over 5m) Normal Started default/${name} app\n    some words\n`);
  });

  test('in a pipe it stays on its line', async () => {
    const message = `${'words '.repeat(20)}end`;
    const { out } = await tinylet(['events'], { events: [event({ message })] });
    expect(out.split('\n')[1]?.endsWith(message)).toBe(true);
  });

  test('the title is bold on a terminal', async () => {
    const { out } = await tinylet(['events'], { events, terminal: true });
    expect(out.startsWith('\u001b[1mNAMESPACE')).toBe(true);
    expect(out.split('\n')[0]?.endsWith('MESSAGE\u001b[0m')).toBe(true);
  });

  test('two pods are one too many', async () => {
    const { code, err } = await tinylet(['events', 'x', 'y']);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'tinylet: events takes the name of one pod: tinylet events POD\nsee tinylet --help\n',
    });
  });
});

describe('tinylet events -w', () => {
  let objects: ObjectWorld;

  beforeEach(() => {
    objects = new ObjectWorld();
    for (const each of events.toReversed()) tell(each);
  });

  /** As the daemon tells it; what was told before counts. */
  function tell({ firstTimestamp, lastTimestamp, ...told }: EventReport): void {
    const [firstMs, lastMs] = [Date.parse(firstTimestamp), Date.parse(lastTimestamp)];
    objects.put('events', eventObject({ ...told, firstMs, lastMs }, 'edge-1'));
  }

  async function watched(...argv: string[]): Promise<Outcome> {
    const client = new ObjectClient(objects);
    const running = tinylet(['events', '-w', ...argv], { client: () => client });
    await vi.waitFor(() => expect(client.answers).toBe(1), { timeout: 10_000 });
    expect(client.asked[0]).toContain('watch=true');
    const news = [
      event({ reason: 'Killing', message: 'Stopping', lastTimestamp: '2026-03-01T11:59:59Z' }),
      event({ namespace: 'prod', name: 'db', count: 12, lastTimestamp: '2026-03-01T12:00:00Z' }),
    ];
    for (const each of [undefined, ...news]) {
      if (each !== undefined) tell(each);
      await objects.clock.advance(1000);
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    }
    client.hangUp();
    return running;
  }

  test('tells those there are, the latest last, then each as it comes or counts', async () => {
    const { code, out, err } = await watched();
    expect(
      out,
    ).toBe(`${TABLE}default     1s                 Normal    Killing          web   app         Stopping
prod        0s (x12 over 5m)   Normal    Started          db    app         Container started
`);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('it hung up') });
  });

  test('of one namespace, of one pod', async () => {
    const [titles = '', ...rows] = TABLE.trimEnd().split('\n');
    expect((await watched('-n', 'prod')).out).toContain('Container started');
    expect((await watched('-n', 'prod')).out).not.toContain('default');
    const ofOne = (await watched('web')).out.trimEnd().split('\n');
    expect(ofOne.map((line) => line.split(/ {3,}/)[3])).toEqual(['REASON', 'Started', 'BackOff', 'Killing']);
    expect((await watched('-A')).out).toContain(`${titles}\n${rows[0]}`);
  });

  test('as JSON each event is a document of its own', async () => {
    const { out } = await watched('web', '-o', 'json');
    const told = out
      .trimEnd()
      .split(/^(?=\{)/m)
      .map((text) => JSON.parse(text).reason);
    expect(told).toEqual(['Started', 'BackOff', 'Killing']);
  });

  test('a name is one in a namespace', async () => {
    expect(await tinylet(['events', 'web', '-A'])).toMatchObject({ code: 2 });
    expect((await tinylet(['events', '-A', '-n', 'prod'], { events })).out).toBe(TABLE);
  });
});
