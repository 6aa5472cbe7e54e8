import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogSelection, LogText } from '../../src/logs/log-text.ts';

interface Entry {
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  readonly full: boolean;
  readonly text: string;
}

const MAX_TEXT = 40;
const entry: fc.Arbitrary<Entry> = fc.record({
  time: fc
    .record({ ms: fc.integer({ min: 0, max: 2 ** 41 }), zone: fc.constantFrom('Z', '+00:00', '-00:00') })
    .map(({ ms, zone }) =>
      new Date(ms)
        .toISOString()
        .replace(/0*Z$/, zone)
        .replace(/\.([Z+-])/, '$1'),
    ),
  stream: fc.constantFrom('stdout', 'stderr'),
  full: fc.boolean(),
  text: fc.string({ unit: 'binary', maxLength: MAX_TEXT }).map((text) => text.replaceAll('\n', ' ')),
});
const selection: fc.Arbitrary<LogSelection> = fc.record(
  {
    timestamps: fc.boolean(),
    stream: fc.constantFrom('All', 'Stdout', 'Stderr'),
    limitBytes: fc.integer({ min: 1, max: 300 }),
    sinceMs: fc.integer({ min: 0, max: 2 ** 41 }),
  },
  { requiredKeys: ['timestamps', 'stream'] },
);

function written({ time, stream, full, text }: Entry): string {
  return `${time} ${stream} ${full ? 'F' : 'P'} ${text}\n`;
}

/** The same in few words, with all of it in memory. */
function expected(entries: readonly Entry[], wanted: LogSelection): Buffer {
  const first = entries.findIndex(
    ({ time, stream }) => isOf(stream, wanted) && Date.parse(time) >= (wanted.sinceMs ?? 0),
  );
  let told = '';
  for (const { time, stream, full, text } of first === -1 ? [] : entries.slice(first)) {
    if (!isOf(stream, wanted)) continue;
    const begins = told === '' || told.endsWith('\n');
    told += `${begins && wanted.timestamps ? `${nineDigits(time)} ` : ''}${text}${full ? '\n' : ''}`;
  }
  return Buffer.from(told).subarray(0, wanted.limitBytes);
}

function isOf(stream: Entry['stream'], wanted: LogSelection): boolean {
  return wanted.stream === 'All' || wanted.stream.toLowerCase() === stream;
}

function nineDigits(time: string): string {
  const [, seconds = '', digits = '', zone = ''] = /^(.{19})\.?(\d*)(.*)$/.exec(time) ?? [];
  return `${seconds}.${digits.padEnd(9, '0')}${zone}`;
}

test('wherever a log is cut, it is told as its entries say', () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 12 }),
      selection,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      (entries, wanted, pieces) => {
        // An empty part at the beginning of a line leaves no trace to go by.
        fc.pre(wanted.timestamps === false || entries.every(({ full, text }) => full || text !== ''));
        const text = new LogText(wanted);
        const log = Buffer.from(entries.map(written).join(''));
        const told: Buffer[] = [];
        for (let at = 0, turn = 0; at < log.length; turn += 1) {
          const bytes = log.copy(text.room(), 0, at, at + (pieces[turn % pieces.length] ?? 1));
          at += bytes;
          told.push(Buffer.from(text.take(bytes)));
        }
        expect(Buffer.concat(told)).toEqual(expected(entries, wanted));
      },
    ),
  );
});

test('whatever is in a file, only what was in it is told, and no more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const text = new LogText({ timestamps: false, stream: 'All' });
      text.room().set(bytes);
      expect(text.take(bytes.length).length).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
