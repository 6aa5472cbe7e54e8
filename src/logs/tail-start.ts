import type { FileHandle } from 'node:fs/promises';
import { EntryHeader } from './entry-header.ts';

const BLOCK_BYTES = 64 * 1024;
/** Of what follows a block: enough for the header of an entry that begins at its end. */
const OVERLAP_BYTES = 256;
const NEWLINE = 0x0a;

/**
 * Where in a log its last `lines` lines begin; a line may have many entries, and the last one may be unfinished. Reads backwards and no
 * further than it has to. (The kubelet counts entries, so that it may begin in the middle of a line.)
 */
export async function tailStart(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  if (lines <= 0) return size;
  const header = new EntryHeader();
  let [found, after] = [0, size];
  for await (const { start, data, length } of blocksBackwards(file, size)) {
    for (const at of beginnings(data, length, start === 0)) {
      if (start + at === size) continue;
      const isLine = header.read(data, at) === 'entry' && (header.isFull || after === size);
      if (isLine && found === lines) return after;
      if (isLine) found += 1;
      after = start + at;
    }
  }
  return 0;
}

interface Block {
  readonly start: number;
  /** Its first `length` bytes are the block, the others what follows it. */
  readonly data: Buffer;
  readonly length: number;
}

async function* blocksBackwards(file: FileHandle, size: number): AsyncGenerator<Block> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES + OVERLAP_BYTES);
  for (let end = size; end > 0; end = Math.max(0, end - BLOCK_BYTES)) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const wanted = Math.min(size, end + OVERLAP_BYTES) - start;
    yield { start, data: await readFully(file, buffer.subarray(0, wanted), start), length: end - start };
  }
}

/** Where entries begin, from the last to the first: after every line break of the block, and at the beginning of the file. */
function* beginnings(data: Buffer, length: number, isFirst: boolean): Generator<number> {
  for (let at = length; at > 0; ) {
    at = data.lastIndexOf(NEWLINE, at - 1);
    if (at === -1) break;
    yield at + 1;
  }
  if (isFirst) yield 0;
}

/** Less than asked for where the file has become shorter. */
async function readFully(file: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return into.subarray(0, filled);
}
