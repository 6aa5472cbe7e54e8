import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Frame, FrameReader } from '../../src/streaming/spdy/frame-reader.ts';
import { control, dataHead } from '../../src/streaming/spdy/frames.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    kind: fc.constant('data' as const),
    streamId: fc.integer({ min: 0, max: 0x7fffffff }),
    part: bytes,
    fin: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('control' as const),
    type: fc.integer({ min: 0, max: 0xffff }),
    fin: fc.boolean(),
    payload: bytes,
  }),
);

function written(each: Frame): Buffer {
  if (each.kind === 'control') return control(each.type, each.payload, Number(each.fin));
  return Buffer.concat([dataHead(each.streamId, each.part.length, Number(each.fin)), each.part]);
}

/** Parts of one data frame put together again; a part without an end belongs with the next one of its stream. */
function whole(frames: readonly Frame[], lengths: readonly number[]): Frame[] {
  const joined: Frame[] = [];
  let open: (Frame & { kind: 'data' }) | undefined;
  for (const each of frames) {
    if (each.kind === 'control') joined.push(each);
    else {
      const part = Buffer.concat([open?.part ?? Buffer.alloc(0), each.part]);
      open = { ...each, part };
      if (part.length < (lengths[joined.length] ?? 0)) continue;
      joined.push(open);
      open = undefined;
    }
  }
  return joined;
}

test('whatever frames are written and wherever the bytes are cut, the same frames are read', () => {
  fc.assert(
    fc.property(
      fc.array(frame),
      fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1 }),
      (frames, cuts) => {
        const all = Buffer.concat(frames.map(written));
        const reader = new FrameReader();
        const read: Frame[] = [];
        for (let at = 0, cut = 0; at < all.length; cut += 1) {
          const length = cuts[cut % cuts.length] ?? 1;
          read.push(...reader.read(all.subarray(at, at + length)));
          at += length;
        }
        const lengths = frames.map((each) => (each.kind === 'data' ? each.part.length : 0));
        expect(whole(read, lengths)).toEqual(frames);
      },
    ),
  );
});

test('any bytes are frames, or are refused in words', () => {
  fc.assert(
    fc.property(fc.array(bytes), (chunks) => {
      const reader = new FrameReader();
      try {
        for (const chunk of chunks) for (const _ of reader.read(chunk));
      } catch (error) {
        expect(String(error)).toMatch(/SPDY version|a control frame of/);
      }
    }),
  );
});
