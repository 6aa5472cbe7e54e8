import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeadAndTail } from '../../../../src/api/runs/head-and-tail.ts';

const LIMIT = 1_000;

function kept(parts: readonly Uint8Array[]) {
  const output = new HeadAndTail(LIMIT);
  for (const part of parts) {
    const own = Uint8Array.from(part);
    output.add(own);
    // The bytes are the caller's again.
    own.fill(0x21);
  }
  return output.kept();
}

/** Cut anywhere, whatever it is cut of. */
const parts = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 });
const words = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 12 });

test('up to the limit all of it is there', () => {
  fc.assert(
    fc.property(parts, (all) => {
      const whole = Buffer.concat(all).subarray(0, LIMIT);
      const pieces = [whole.subarray(0, 333), whole.subarray(333, 600), whole.subarray(600)];
      expect(kept(pieces)).toEqual({ text: whole.toString('utf8'), leftOutBytes: 0 });
    }),
  );
});

test('beyond it head and tail are, as far as there is room, cut between characters', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 97 }), (texts, size) => {
      const whole = Buffer.from(texts.join('').padEnd(LIMIT + 1, 'é'));
      const pieces: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size));
      const { text, leftOutBytes } = kept(pieces);
      const mark = `\n[${leftOutBytes} bytes left out]\n`;
      const [head = '', tail = ''] = [
        text.slice(0, text.indexOf(mark)),
        text.slice(text.indexOf(mark) + mark.length),
      ];
      expect(text).toContain(mark);
      expect(whole.toString('utf8').startsWith(head)).toBe(true);
      expect(whole.toString('utf8').endsWith(tail)).toBe(true);
      const bytes = Buffer.byteLength(head) + Buffer.byteLength(tail);
      expect(bytes + leftOutBytes).toBe(whole.length);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
      expect(Buffer.byteLength(head)).toBeGreaterThan(LIMIT / 2 - 4);
      expect(bytes).toBeGreaterThan(LIMIT - 64 - 8);
    }),
  );
});

test('whatever is no text becomes U+FFFD, and a piece may be larger than all that is kept', () => {
  expect(kept([Buffer.from([0x61, 0xff, 0x62, 0xc3])]).text).toBe('a\ufffdb\ufffd');
  const flood = Buffer.concat([Buffer.alloc(5_000, 'a'), Buffer.alloc(5_000, 'b')]);
  const { text, leftOutBytes } = kept([flood, flood]);
  expect(text).toBe(`${'a'.repeat(500)}\n[19064 bytes left out]\n${'b'.repeat(436)}`);
  expect(leftOutBytes).toBe(20_000 - 500 - 436);
});
