import { describe, expect, test } from 'vitest';
import { type LogSelection, LogText } from '../../../src/logs/log-text.ts';

const TIME = '2026-01-02T12:00:00.123456789Z';
const all: LogSelection = { timestamps: false, stream: 'All' };

/** An entry of a log as the runtime writes it. */
function entry(text: string, { time = TIME, stream = 'stdout', tags = 'F' } = {}): string {
  return `${time} ${stream} ${tags} ${text}\n`;
}

function textOf(log: string, selection: Partial<LogSelection> = {}, pieceBytes = Number.POSITIVE_INFINITY) {
  const text = new LogText({ ...all, ...selection });
  const data = Buffer.from(log);
  const told: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const bytes = data.copy(text.room(), 0, at, Math.min(data.length, at + pieceBytes));
    at += bytes;
    told.push(Buffer.from(text.take(bytes)));
  }
  return Buffer.concat(told).toString();
}

const err = { stream: 'stderr' };
const part = { tags: 'P' };

describe('a log is told as the container wrote it', () => {
  test.each<[string, string, string]>([
    ['a line', entry('hello'), 'hello\n'],
    [
      'both streams in the order of writing',
      entry('out') + entry('err', err) + entry('out'),
      'out\nerr\nout\n',
    ],
    ['spaces and empty lines', entry('  a b ') + entry(''), '  a b \n\n'],
    ['a long line in parts', entry('one ', part) + entry('two ', part) + entry('three'), 'one two three\n'],
    ['an end without a line break', entry('a') + entry('b', part), 'a\nb'],
    ['tags after the flag', entry('x', { tags: 'F:tag:more' }) + entry('y', { tags: 'P:tag' }), 'x\ny'],
    ['a carriage return of a terminal', entry('x\r'), 'x\r\n'],
    ['an entry that is still being written', `${entry('a')}${TIME} stdout F ha`, 'a\nha'],
    ['the header of one that is still being written', `${entry('a')}${TIME} stdo`, 'a\n'],
    ['characters of several bytes', entry('äöü€😀'), 'äöü€😀\n'],
    ['a zone', entry('a', { time: '2026-01-02T12:00:00.5+01:00' }), 'a\n'],
  ])('%s', (_case, log, text) => {
    expect(textOf(log)).toBe(text);
    for (const pieceBytes of [1, 2, 7, 30, 45]) expect(textOf(log, {}, pieceBytes)).toBe(text);
  });

  test.each<[string, string]>([
    ['text', 'nonsense\n'],
    ['an empty line', '\n'],
    ['a time alone', `${TIME}\n`],
    ['another stream', entry('x', { stream: 'stdlog' })],
    ['another flag', entry('x', { tags: 'X' })],
    ['a flag of two letters', entry('x', { tags: 'FF' })],
    ['no flag', `${TIME} stdout x\n`],
    ['no text', `${TIME} stdout F\n`],
    ['zeros, as a crash of the machine leaves them', `${'\0'.repeat(1000)}\n`],
    ['a long line', `${'x'.repeat(300_000)}\n`],
    ['a header without end', `${TIME} stdout F:${'x'.repeat(300)}\n`],
  ])('what is no entry is left out: %s', (_case, junk) => {
    expect(textOf(entry('a') + junk + entry('b'))).toBe('a\nb\n');
    expect(textOf(entry('a') + junk + entry('b'), {}, 29)).toBe('a\nb\n');
    expect(textOf(junk + entry('b'), { timestamps: true })).toBe(`${TIME} b\n`);
  });
});

describe('of a log is told what is wanted', () => {
  const mixed = entry('out') + entry('err', err) + entry('half ', part) + entry('line');
  test.each<[string, Partial<LogSelection>, string]>([
    ['one stream', { stream: 'Stdout' }, 'out\nhalf line\n'],
    ['the other stream', { stream: 'Stderr' }, 'err\n'],
    ['times', { timestamps: true }, `${TIME} out\n${TIME} err\n${TIME} half line\n`],
    ['so many bytes', { limitBytes: 5 }, 'out\ne'],
    ['so many bytes with times', { limitBytes: 12, timestamps: true }, TIME.slice(0, 12)],
    ['one stream with times', { stream: 'Stderr', timestamps: true }, `${TIME} err\n`],
  ])('%s', (_case, selection, text) => {
    expect(textOf(mixed, selection)).toBe(text);
    expect(textOf(mixed, selection, 11)).toBe(text);
  });

  test.each([
    ['2026-01-02T12:00:00Z', '2026-01-02T12:00:00.000000000Z'],
    ['2026-01-02T12:00:00.5Z', '2026-01-02T12:00:00.500000000Z'],
    ['2026-01-02T12:00:00.12345678Z', '2026-01-02T12:00:00.123456780Z'],
    ['2026-01-02T12:00:00.1234+01:00', '2026-01-02T12:00:00.123400000+01:00'],
    ['2026-01-02T12:00:00.123456789+01:00', '2026-01-02T12:00:00.123456789+01:00'],
    ['2026-01-02T12:00:00+01:00', '2026-01-02T12:00:00.000000000+01:00'],
  ])('the time %s has nine digits', (time, told) => {
    expect(textOf(entry('a', { time }), { timestamps: true })).toBe(`${told} a\n`);
  });

  test('as many short times as fit into one piece grow at once', () => {
    const time = '2026-01-02T12:00:00Z';
    const log = entry('', { time }).repeat(20_000);
    expect(textOf(log, { timestamps: true })).toBe('2026-01-02T12:00:00.000000000Z \n'.repeat(20_000));
  });

  test('what was written since, to the millisecond; a clock that was set back takes nothing away', () => {
    const at = (seconds: string): string => entry(seconds, { time: `2026-01-02T12:00:${seconds}Z` });
    const log = at('01.9') + at('02') + at('02.0015') + at('01');
    const since = (text: string) => textOf(log, { sinceMs: Date.parse(`2026-01-02T12:00:${text}Z`) });
    expect(since('00')).toBe('01.9\n02\n02.0015\n01\n');
    expect(since('02')).toBe('02\n02.0015\n01\n');
    expect(since('02.001')).toBe('02.0015\n01\n');
    expect(since('02.002')).toBe('');
  });

  test('it is done at its limit', () => {
    const text = new LogText({ ...all, limitBytes: 2 });
    const take = (log: string) => text.take(text.room().write(log)).toString();
    expect([take(entry('a', part)), text.isDone]).toEqual(['a', false]);
    expect([take(entry('bc')), text.isDone]).toEqual(['b', true]);
  });
});

test('a line without end costs no memory, and its text comes at once', () => {
  const text = new LogText(all);
  const take = (log: string) => text.take(text.room().write(log)).length;
  expect(take(`${TIME} stdout F x`)).toBe(1);
  const roomBytes = text.room().length;
  for (let piece = 0; piece < 100; piece += 1) expect(take('y'.repeat(roomBytes))).toBe(roomBytes);
  expect(text.room().length).toBe(roomBytes);
  expect(take('\n')).toBe(1);
});

test('another file does not go on where the last one ended', () => {
  const text = new LogText(all);
  const take = (log: string) => text.take(text.room().write(log)).toString();
  expect(take(`${entry('a')}${TIME} std`)).toBe('a\n');
  text.nextFile();
  expect(take(entry('b'))).toBe('b\n');
});
