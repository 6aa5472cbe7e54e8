import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const PIECE_BYTES = 256 * 1024;
const UNPACKED_BYTES = 64 * 1024;

/** What the runtime wrote to one file of a log, whatever form the file has by now. */
export interface LogBytes {
  /** Of the file itself. */
  readonly handle: FileHandle;
  /** Puts what lies at `position` into `room`, and returns how much it was: 0 at the end. Positions follow each other without a gap. */
  read(room: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

/** A file as the runtime wrote it, or still writes it: there may be more behind its end later. */
export function plainBytes(handle: FileHandle): LogBytes {
  return {
    handle,
    read: async (room, position) => (await handle.read(room, 0, room.length, position)).bytesRead,
    close: () => handle.close(),
  };
}

/** A file that rotation has compressed: unpacked piece by piece, as far as it is read. Reading what is damaged rejects. */
export function packedBytes(handle: FileHandle): LogBytes {
  const unpacked = createGunzip({ chunkSize: UNPACKED_BYTES });
  // What goes wrong is told to who reads.
  pipeline(contentOf(handle), unpacked, () => undefined);
  const pieces: AsyncIterator<Buffer> = unpacked[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return {
    handle,
    async read(room) {
      if (rest.length === 0) {
        const next = await pieces.next();
        if (next.done === true) return 0;
        rest = next.value;
      }
      const bytes = rest.copy(room);
      rest = rest.subarray(bytes);
      return bytes;
    },
    async close() {
      unpacked.destroy();
      await handle.close();
    },
  };
}

/** From the beginning to the end. Handles stay their owner's to close: a stream over one would hold it. */
export async function* contentOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

const HEAD_BYTES = 4096;

/**
 * Whether a compressed file was made of that one. Entries begin with their time, to the nanosecond: no two files of a log begin the
 * same way. Where it cannot be said they count as different, so that text is rather told twice than not at all.
 */
export async function isCopyOf(packed: LogBytes, original: FileHandle): Promise<boolean> {
  return (await headOf(plainBytes(original))).equals(await headOf(packed));
}

async function headOf(file: LogBytes): Promise<Buffer> {
  const head = Buffer.alloc(HEAD_BYTES);
  let length = 0;
  while (length < HEAD_BYTES) {
    const bytes = await file.read(head.subarray(length), length);
    if (bytes === 0) break;
    length += bytes;
  }
  return head.subarray(0, length);
}
