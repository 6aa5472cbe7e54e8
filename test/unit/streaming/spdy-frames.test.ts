import { expect, test } from 'vitest';
import { FrameReader } from '../../../src/streaming/spdy/frame-reader.ts';
import { control, dataHead, ping, rstStream, synStream } from '../../../src/streaming/spdy/frames.ts';
import { HeaderBlocks } from '../../../src/streaming/spdy/header-block.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');

test.each([
  ['data', dataHead(5, 0x0102), '00000005 00000102'],
  ['the last data', dataHead(0x7fffffff, 0xffffff, 1), '7fffffff 01ffffff'],
  ['a stream is opened', synStream(3, Buffer.from('ab')), '80030001 0000000c 00000003 00000000 0000 6162'],
  ['a stream is refused', rstStream(2, 3), '80030003 00000008 00000002 00000003'],
  ['a ping', ping(0x80000002), '80030006 00000004 80000002'],
  ['a control frame with a flag', control(8, Buffer.from('x'), 1), '80030008 01000001 78'],
])('%s', (_, bytes, expected) => {
  expect(hex(bytes)).toBe(expected.replaceAll(' ', ''));
});

test('header blocks are one zlib stream of stored blocks, each followed by a flush', () => {
  const blocks = new HeaderBlocks();
  const flush = '000000ffff';
  expect(hex(blocks.write({ StreamType: 'a' }))).toBe(
    // The start of the stream, with the checksum of SPDY/3's dictionary; a stored block of 23 bytes, which are then followed.
    `7820e3c6a7c2 00 1700 e8ff ${'00000001'} 0000000a ${ascii('streamtype')} 00000001 ${ascii('a')} ${flush}`.replaceAll(
      ' ',
      '',
    ),
  );
  expect(hex(blocks.write({}))).toBe(`00 0400 fbff 00000000 ${flush}`.replaceAll(' ', ''));
  expect(() => blocks.write({ long: 'x'.repeat(70_000) })).toThrow(RangeError);
});

test('data is told as it arrives, its end with its last part', () => {
  const reader = new FrameReader();
  const frame = Buffer.concat([dataHead(1, 5, 1), Buffer.from('hello')]);
  const told = (from: number, to?: number): unknown[] =>
    [...reader.read(frame.subarray(from, to))].map((each) =>
      each.kind === 'data' ? [each.part.toString(), each.fin] : each,
    );
  expect(told(0, 7)).toEqual([]);
  expect(told(7, 10)).toEqual([['he', false]]);
  expect(told(10)).toEqual([['llo', true]]);
  expect([...reader.read(dataHead(1, 0, 1))]).toEqual([
    { kind: 'data', streamId: 1, part: Buffer.alloc(0), fin: true },
  ]);
});

test.each([
  ['another version', '80020001 00000000', 'a frame of SPDY version 2'],
  ['a control frame beyond all measure', '80030001 00ffffff', 'a control frame of 16777215 bytes'],
])('%s is refused', (_, bytes, message) => {
  const reader = new FrameReader();
  expect(() => [...reader.read(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))]).toThrow(message);
});

function ascii(text: string): string {
  return Buffer.from(text).toString('hex');
}
