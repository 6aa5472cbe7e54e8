type Write = (bytes: Uint8Array) => Promise<void>;

const NEWLINE = 0x0a;
/** What is longer comes in pieces: nobody waits for the end of a line that has none. */
const MAX_LINE_BYTES = 64 * 1024;

/** Passes on whole lines, each behind `prefix`, so that several writers of one stream do not cut into each other's. */
export class LineWriter {
  readonly #prefix: Buffer;
  readonly #write: Write;
  #begun: Buffer = Buffer.alloc(0);
  #isWithin = false;

  constructor(prefix: string, write: Write) {
    this.#prefix = Buffer.from(prefix);
    this.#write = write;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const all = Buffer.concat([this.#begun, bytes]);
    const end = all.lastIndexOf(NEWLINE) + 1;
    const isLong = all.length - end > MAX_LINE_BYTES;
    const ready = isLong ? all : all.subarray(0, end);
    // What was given is the giver's again when this resolves.
    this.#begun = Buffer.from(isLong ? [] : all.subarray(end));
    if (ready.length > 0) await this.#write(this.#prefixed(ready));
  }

  /** What is left of a last line that has no end. */
  async end(): Promise<void> {
    const left = this.#begun;
    this.#begun = Buffer.alloc(0);
    if (left.length > 0) await this.#write(this.#prefixed(left));
  }

  #prefixed(lines: Buffer): Buffer {
    const parts: Buffer[] = [];
    for (let from = 0; from < lines.length; ) {
      const at = lines.indexOf(NEWLINE, from);
      const to = at === -1 ? lines.length : at + 1;
      if (!this.#isWithin) parts.push(this.#prefix);
      parts.push(lines.subarray(from, to));
      this.#isWithin = at === -1;
      from = to;
    }
    return Buffer.concat(parts);
  }
}
