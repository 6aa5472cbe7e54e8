/** Room for the line that tells what is missing. */
const MARK_BYTES = 64;
const LONGEST_CHARACTER_BYTES = 4;

export interface KeptText {
  /** What is no UTF-8 in it has become U+FFFD. */
  readonly text: string;
  /** 0 where all of it is there. */
  readonly leftOutBytes: number;
}

/**
 * Keeps the beginning and the end of a text of any length: all of it up to the limit, beyond that half of it each, with a line between
 * them that tells how much is missing. Holds no more than the limit.
 */
export class HeadAndTail {
  readonly #limit: number;
  readonly #headLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  /** A ring, made when the head is full; its oldest byte is at `#tailAt` once it was filled. */
  #tail: Buffer | undefined;
  #tailAt = 0;
  #total = 0;

  /** In bytes; some hundreds at least. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#headLimit = Math.floor(limit / 2);
  }

  /** The bytes are the caller's again at once. */
  add(chunk: Uint8Array): void {
    this.#total += chunk.length;
    const ofHead = Math.min(chunk.length, this.#headLimit - this.#headBytes);
    if (ofHead > 0) this.#head.push(Buffer.from(chunk.subarray(0, ofHead)));
    this.#headBytes += ofHead;
    if (ofHead < chunk.length) this.#addToTail(chunk.subarray(ofHead));
  }

  kept(): KeptText {
    const [head, tail] = [Buffer.concat(this.#head), this.#tailInOrder()];
    if (this.#total <= this.#limit)
      return { text: Buffer.concat([head, tail]).toString('utf8'), leftOutBytes: 0 };
    const begin = head.subarray(0, endOfCharacters(head));
    const roomBytes = this.#limit - begin.length - MARK_BYTES;
    const shortened = tail.subarray(Math.max(0, tail.length - roomBytes));
    const end = shortened.subarray(startOfCharacters(shortened));
    const leftOutBytes = this.#total - begin.length - end.length;
    return { text: `${begin}\n[${leftOutBytes} bytes left out]\n${end}`, leftOutBytes };
  }

  #addToTail(chunk: Uint8Array): void {
    const size = this.#limit - this.#headLimit;
    this.#tail ??= Buffer.allocUnsafeSlow(size);
    const last = chunk.subarray(Math.max(0, chunk.length - size));
    const first = Math.min(last.length, size - this.#tailAt);
    this.#tail.set(last.subarray(0, first), this.#tailAt);
    this.#tail.set(last.subarray(first), 0);
    this.#tailAt = (this.#tailAt + last.length) % size;
  }

  #tailInOrder(): Buffer {
    if (this.#tail === undefined) return Buffer.alloc(0);
    const bytes = this.#total - this.#headBytes;
    if (bytes < this.#tail.length) return this.#tail.subarray(0, bytes);
    return Buffer.concat([this.#tail.subarray(this.#tailAt), this.#tail.subarray(0, this.#tailAt)]);
  }
}

/** Where the last character that is there as a whole ends. What is no UTF-8 anyway is left as it is. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back < LONGEST_CHARACTER_BYTES && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    return lengthOf(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Where the first character begins that is there as a whole. */
function startOfCharacters(bytes: Buffer): number {
  let at = 0;
  while (at < LONGEST_CHARACTER_BYTES - 1 && isContinuation(bytes[at] ?? 0)) at += 1;
  return isContinuation(bytes[at] ?? 0) ? 0 : at;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Of the character that begins with this byte. */
function lengthOf(byte: number): number {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}
