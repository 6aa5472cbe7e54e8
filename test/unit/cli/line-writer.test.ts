import { expect, test } from 'vitest';
import { CatchUp } from '../../../src/cli/catch-up.ts';
import { LineWriter } from '../../../src/cli/line-writer.ts';

function sink(): { readonly written: string[]; write(bytes: Uint8Array): Promise<void> } {
  const written: string[] = [];
  return {
    written,
    write: async (bytes) => {
      written.push(Buffer.from(bytes).toString());
    },
  };
}

test('lines come whole, each behind its prefix; the last one may have no end', async () => {
  const { written, write } = sink();
  const lines = new LineWriter('> ', write);
  for (const piece of ['on', 'e\ntwo\nth', 'ree', '\n', 'end']) await lines.write(Buffer.from(piece));
  expect(written).toEqual(['> one\n> two\n', '> three\n']);
  await lines.end();
  await lines.end();
  expect(written.slice(2)).toEqual(['> end']);
});

test('a line without end is not held for ever, and has one prefix', async () => {
  const { written, write } = sink();
  const lines = new LineWriter('> ', write);
  const long = 'x'.repeat(70_000);
  await lines.write(Buffer.from(long));
  expect(written.join('')).toBe(`> ${long}`);
  await lines.write(Buffer.from('rest\nnext\n'));
  expect(written.join('')).toBe(`> ${long}rest\n> next\n`);
});

test('bytes that are no text stay as they are', async () => {
  const parts: Uint8Array[] = [];
  const lines = new LineWriter('', async (bytes) => void parts.push(Buffer.from(bytes)));
  const bytes = Buffer.from([0xff, 0xfe, 0x0a, 0x80, 0x0a]);
  await lines.write(bytes.subarray(0, 1));
  await lines.write(bytes.subarray(1));
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

test.each([
  ['nothing was missed', '', ['a', 'b'], 'ab'],
  ['what was missed is not heard', 'early\r\n', [], 'early\r\n'],
  ['what was missed has its end heard, too', 'one\r\ntwo\r\n', ['two\r\n', 'thr'], 'one\r\ntwo\r\nthr'],
  ['all of it was heard', 'one\r\n', ['one\r\n', '$ '], 'one\r\n$ '],
  ['what is heard goes on in the midst of it', 'one\r\n', ['e\r\ntwo'], 'one\r\ntwo'],
])('joined: %s', async (_, missed, heard, expected) => {
  const { written, write } = sink();
  const catchUp = new CatchUp(write);
  for (const piece of heard) await catchUp.heard(Buffer.from(piece));
  expect(written).toEqual([]);
  await catchUp.begin(Buffer.from(missed));
  await catchUp.heard(Buffer.from('!'));
  expect(written.join('')).toBe(`${expected}!`);
});
