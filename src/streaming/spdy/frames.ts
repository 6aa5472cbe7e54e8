/** Control frames that are sent or heeded here (SPDY Protocol, Draft 3.1, section 2.6). */
export const FRAME = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7, headers: 8 } as const;

export const HEAD_BYTES = 8;
export const FLAG_FIN = 0x01;
export const VERSION = 3;
/** RST_STREAM's REFUSED_STREAM. */
export const REFUSED_STREAM = 3;

const CONTROL_BIT = 0x8000;
const STREAM_ID_MASK = 0x7fffffff;

/** The first bytes of a data frame; `length` bytes of data are to follow. */
export function dataHead(streamId: number, length: number, flags = 0): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(streamId & STREAM_ID_MASK, 0);
  head.writeUInt32BE(((flags << 24) | length) >>> 0, 4);
  return head;
}

/** Opens a stream that both sides may send on. */
export function synStream(streamId: number, headerBlock: Buffer): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt32BE(streamId, 0);
  // The other fields are the associated stream, the priority and the credential slot: none, the highest, none.
  return control(FRAME.synStream, Buffer.concat([fields, headerBlock]));
}

export function rstStream(streamId: number, status: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(streamId, 0);
  payload.writeUInt32BE(status, 4);
  return control(FRAME.rstStream, payload);
}

/** Also the answer to one. */
export function ping(id: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(id, 0);
  return control(FRAME.ping, payload);
}

export function control(type: number, payload: Buffer, flags = 0): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + payload.length);
  frame.writeUInt16BE(CONTROL_BIT | VERSION, 0);
  frame.writeUInt16BE(type, 2);
  frame.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4);
  payload.copy(frame, HEAD_BYTES);
  return frame;
}

/** What the first bytes of a frame say. */
export interface FrameHead {
  readonly flags: number;
  readonly length: number;
  /** Of data frames, and undefined for control frames. */
  readonly streamId: number | undefined;
  readonly version: number;
  readonly type: number;
}

export function readHead(head: Buffer): FrameHead {
  const [first, second] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const isControl = first >>> 31 === 1;
  return {
    flags: second >>> 24,
    length: second & 0xffffff,
    streamId: isControl ? undefined : first,
    version: (first >>> 16) & 0x7fff,
    type: first & 0xffff,
  };
}

export function streamIdAt(payload: Buffer, offset = 0): number {
  return payload.length < offset + 4 ? 0 : payload.readUInt32BE(offset) & STREAM_ID_MASK;
}
