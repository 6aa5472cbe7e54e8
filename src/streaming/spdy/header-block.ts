/** All header blocks of one direction are one zlib stream, begun with this: deflate, and a dictionary that is given by its checksum. */
const ZLIB_START = Buffer.from([0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2]);
/** A stored block without content: Go's inflater hands out what it has only when it comes to one. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);
const STORED_HEAD_BYTES = 5;
const MAX_STORED_BYTES = 0xffff;

/**
 * Writes the headers of streams as SPDY/3 has them: number, then name and value by turns, each behind its length. They are so short
 * that they are stored instead of compressed, which every inflater reads; so there is no compressor to keep, to wait for, or to close.
 * What the other side answers is not of interest, and is not inflated.
 */
export class HeaderBlocks {
  #begun = false;

  write(headers: Readonly<Record<string, string>>): Buffer {
    const entries = Object.entries(headers);
    const block = Buffer.concat([
      numbered(entries.length),
      ...entries.flatMap(([name, value]) => [text(name.toLowerCase()), text(value)]),
    ]);
    if (block.length > MAX_STORED_BYTES) throw new RangeError('headers of a stream are too long');
    const stored = Buffer.alloc(STORED_HEAD_BYTES);
    stored.writeUInt16LE(block.length, 1);
    stored.writeUInt16LE(block.length ^ MAX_STORED_BYTES, 3);
    const start = this.#begun ? [] : [ZLIB_START];
    this.#begun = true;
    return Buffer.concat([...start, stored, block, FLUSH]);
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([numbered(bytes.length), bytes]);
}

function numbered(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
