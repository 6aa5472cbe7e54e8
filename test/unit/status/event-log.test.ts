import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asPodUid, type PodEvent } from '../../../src/pod/index.ts';
import { createEventLog, type EventLog, type EventLogOptions } from '../../../src/status/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

let directory: string;
let file: string;
let warnings: string[];
let clock: VirtualClock;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'events-'));
  file = join(directory, 'events.jsonl');
  warnings = [];
  clock = new VirtualClock();
});
afterEach(() => rm(directory, { recursive: true }));

function event(changes: Partial<PodEvent> = {}): PodEvent {
  return {
    uid: asPodUid('uid-1'),
    namespace: 'default',
    name: 'web',
    fieldPath: 'spec.containers{app}',
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off',
    ...changes,
  };
}

function create(options: Partial<EventLogOptions> = {}): EventLog {
  const warn = (_fields: unknown, message: string): void => void warnings.push(message);
  const logger = { debug() {}, info() {}, warn, error() {} };
  return createEventLog({ clock, logger, ...options });
}

const messages = (log: EventLog) => log.list().map(({ message }) => message);
const counts = (log: EventLog) => log.list().map(({ message, count }) => [message, count]);

describe('in memory', () => {
  test('an event that comes again counts, and knows when it came first and last', async () => {
    const log = create();
    const firstMs = clock.nowMs();
    log.tell(event());
    await clock.advance(5_000);
    log.tell(event());
    expect(log.list()).toEqual([{ ...event(), count: 2, firstMs, lastMs: firstMs + 5_000 }]);
  });

  test.each<[string, Partial<PodEvent>]>([
    ['pod', { uid: asPodUid('uid-2') }],
    ['container', { fieldPath: 'spec.containers{log}' }],
    ['type', { type: 'Normal' }],
    ['reason', { reason: 'Killing' }],
    ['message', { message: 'other' }],
  ])('one of another %s is another event', (_what, changes) => {
    const log = create();
    log.tell(event());
    log.tell(event(changes));
    expect(log.list()).toMatchObject([{ count: 1 }, { count: 1, ...changes }]);
  });

  test('the one that was not told for the longest time goes first', () => {
    const log = create({ limit: 2 });
    for (const message of ['a', 'b', 'a', 'c']) log.tell(event({ message }));
    expect(counts(log)).toEqual([
      ['a', 2],
      ['c', 1],
    ]);
  });

  test('a noisy pod pushes out its own events alone', () => {
    const log = create({ limit: 100, limitOfPod: 2 });
    log.tell(event({ uid: asPodUid('quiet'), message: 'quiet' }));
    for (const message of ['a', 'b', 'c']) log.tell(event({ message }));
    expect(messages(log)).toEqual(['quiet', 'b', 'c']);
  });

  test('events that differ in their message alone are one from the eleventh on, also for the next daemon', async () => {
    const log = create({ file });
    for (let each = 1; each <= 13; each += 1) log.tell(event({ message: `exec ${each} failed` }));
    log.tell(event({ message: 'exec 3 failed' }));
    log.tell(event({ reason: 'Killing', message: 'another reason' }));
    const told = counts(log);
    expect(told.slice(-4)).toEqual([
      ['exec 10 failed', 1],
      ['(combined from similar events): exec 13 failed', 3],
      ['exec 3 failed', 2],
      ['another reason', 1],
    ]);
    expect(told).toHaveLength(12);
    await log.close();
    const next = create({ file });
    await next.load();
    expect(counts(next)).toEqual(told);
    await clock.advance(600_000);
    next.tell(event({ message: 'after ten minutes' }));
    expect(messages(next).at(-1)).toBe('after ten minutes');
  });

  test('an hour after it was last seen an event is gone, and not a moment before', async () => {
    const log = create();
    log.tell(event({ message: 'a' }));
    await clock.advance(1);
    log.tell(event({ message: 'b' }));
    await clock.advance(3_599_998);
    expect(messages(log)).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(messages(log)).toEqual(['b']);
  });

  test('a message is cut at 1024 characters', () => {
    const log = create();
    log.tell(event({ message: 'x'.repeat(2000) }));
    expect(messages(log)).toEqual([`${'x'.repeat(1021)}...`]);
  });

  test('they can be asked for by pod', () => {
    const log = create();
    log.tell(event());
    log.tell(event({ uid: asPodUid('uid-2'), name: 'db' }));
    log.tell(event({ uid: asPodUid('uid-3'), namespace: 'other' }));
    const uids = (filter: Parameters<EventLog['list']>[0]) => log.list(filter).map(({ uid }) => uid);
    expect(uids({ namespace: 'default' })).toEqual(['uid-1', 'uid-2']);
    expect(uids({ namespace: 'default', name: 'db' })).toEqual(['uid-2']);
    expect(uids({ uid: asPodUid('uid-3') })).toEqual(['uid-3']);
  });
});

describe('on disk', () => {
  const lines = async () => (await readFile(file, 'utf8')).split('\n').length - 1;
  /** Another daemon, over the same file. */
  async function reread(options: Partial<EventLogOptions> = {}): Promise<EventLog> {
    const log = create({ file, ...options });
    await log.load();
    return log;
  }

  test('they are written a second after the first, all together, for nobody else to read', async () => {
    const log = await reread();
    log.tell(event({ message: 'a' }));
    await clock.advance(999);
    log.tell(event({ message: 'b' }));
    await expect(stat(file)).rejects.toThrow('ENOENT');
    await clock.advance(1);
    await log.close();
    expect(await lines()).toBe(2);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('the next daemon goes on counting, in the order they were last told', async () => {
    const log = await reread();
    for (const message of ['a', 'b', 'a']) log.tell(event({ message }));
    await log.close();
    const next = await reread();
    next.tell(event({ message: 'b' }));
    expect(counts(next)).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    await next.close();
    expect(counts(await reread())).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(warnings).toEqual([]);
  });

  test('the file is written anew at twice the limit', async () => {
    const log = await reread({ limit: 3 });
    for (let told = 1; told <= 6; told += 1) {
      log.tell(event({ message: `${told}` }));
      await log.close();
    }
    expect(await lines()).toBe(6);
    log.tell(event({ message: '7' }));
    await log.close();
    expect(await lines()).toBe(3);
    expect(messages(await reread())).toEqual(['5', '6', '7']);
  });

  test('what is too old or too much is not taken back', async () => {
    const log = await reread();
    log.tell(event({ message: 'old' }));
    await clock.advance(3_600_000);
    for (const message of ['a', 'b', 'c']) log.tell(event({ message }));
    await log.close();
    expect(messages(await reread({ limit: 2 }))).toEqual(['b', 'c']);
    expect(messages(await reread())).toEqual(['a', 'b', 'c']);
  });

  test.each<[string, (text: string) => string, number]>([
    ['a line that is no JSON', (text) => `{"uid":\n${text}`, 2],
    ['a line of something else', (text) => `[1]\nnull\n{"uid":"x","count":"1"}\n${text}`, 2],
    ['a line that was cut off', (text) => text.slice(0, -10), 1],
    ['bytes', (text) => `\0\xff\n${text}`, 2],
  ])(
    '%s is left out with one warning, and the file is whole after the next event',
    async (_case, spoil, left) => {
      const log = await reread();
      for (const message of ['a', 'b']) log.tell(event({ message }));
      await log.close();
      await writeFile(file, spoil(await readFile(file, 'utf8')));
      const next = await reread();
      expect(next.list()).toHaveLength(left);
      expect(warnings).toEqual(['events cannot be read: left out']);
      next.tell(event({ message: 'c' }));
      await next.close();
      expect(messages(await reread()).at(-1)).toBe('c');
      expect(warnings).toHaveLength(1);
    },
  );

  test('a disk that refuses is told of once, and everything is written when it takes it again', async () => {
    const log = await reread({ file: join(directory, 'file', 'events.jsonl') });
    await writeFile(join(directory, 'file'), '');
    for (const message of ['a', 'b']) {
      log.tell(event({ message }));
      await log.close();
    }
    expect(warnings).toEqual(['events cannot be written']);
    expect(messages(log)).toEqual(['a', 'b']);
    await rm(join(directory, 'file'));
    log.tell(event({ message: 'c' }));
    await log.close();
    expect(messages(await reread({ file: join(directory, 'file', 'events.jsonl') }))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('a link in its place is not followed', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await writeFile(elsewhere, 'mine\n');
    await symlink(elsewhere, file);
    const log = await reread();
    log.tell(event());
    await log.close();
    expect(await readFile(elsewhere, 'utf8')).toBe('mine\n');
    expect(counts(await reread())).toEqual([['Back-off', 1]]);
  });
});
