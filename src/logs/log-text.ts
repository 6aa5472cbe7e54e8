import { EntryHeader } from './entry-header.ts';

/** What of a log's text is wanted (core/v1 PodLogOptions). */
export interface LogSelection {
  /** Every line begins with its time, with nine digits of a second (kubelet: RFC3339NanoFixed). */
  readonly timestamps: boolean;
  /** What was written before is left out: epoch milliseconds. */
  readonly sinceMs?: number;
  /** The text ends after so many bytes, be it within a character. */
  readonly limitBytes?: number;
  readonly stream: 'All' | 'Stdout' | 'Stderr';
}

/** Read and told at once: large enough that the calls cost little beside the bytes. */
const PIECE_BYTES = 128 * 1024;
/** With its time before it the text may be one byte longer than its entry, which has more than 30: room for as many as fit. */
const HEADROOM_BYTES = PIECE_BYTES / 16;
const NEWLINE = 0x0a;

/**
 * Makes of the runtime's log what the container wrote. In: the bytes of the file in order, cut anywhere. Out: the text, part by part,
 * also of an entry that is still being written. Entries are undone where they lie: their text only ever moves towards the beginning of
 * the buffer, so that a line costs one search and one move. What is no entry is left out (kubelet: ReadLogs). There is one buffer, however
 * long the log or a line in it is.
 */
export class LogText {
  readonly #selection: LogSelection;
  readonly #header = new EntryHeader();
  readonly #buffer = Buffer.allocUnsafeSlow(HEADROOM_BYTES + PIECE_BYTES);
  /** The beginning of an entry of which too little is there. */
  #rest = this.#buffer.subarray(0, 0);
  #remaining: number;
  /** Nothing that was written early enough to be left out has to be looked for any more: a log is in the order of its writing. */
  #isSince: boolean;
  /** An entry has begun and not ended, and the next byte is text of it. */
  #isOpen = false;
  #isWanted = false;
  #isFull = false;
  #isAtLineStart = true;

  constructor(selection: LogSelection) {
    this.#selection = selection;
    this.#remaining = selection.limitBytes ?? Number.POSITIVE_INFINITY;
    this.#isSince = selection.sinceMs === undefined;
  }

  /** No more text will come. */
  get isDone(): boolean {
    return this.#remaining <= 0;
  }

  /** Where the next bytes of the file belong. The text that was taken before is lost with that. */
  room(): Buffer {
    this.#buffer.set(this.#rest, HEADROOM_BYTES);
    this.#rest = this.#buffer.subarray(HEADROOM_BYTES, HEADROOM_BYTES + this.#rest.length);
    return this.#buffer.subarray(HEADROOM_BYTES + this.#rest.length);
  }

  /** The text in the bytes that were put there. */
  take(bytes: number): Buffer {
    const data = this.#buffer.subarray(0, HEADROOM_BYTES + this.#rest.length + bytes);
    const { length, at } = this.#undo(data);
    const text = data.subarray(0, Math.min(length, this.#remaining));
    this.#remaining -= text.length;
    this.#rest = data.subarray(at);
    return text;
  }

  /** Another file follows: nothing in it belongs to an entry of the one before. */
  nextFile(): void {
    this.#rest = this.#buffer.subarray(0, 0);
    this.#isOpen = false;
  }

  /** How much text there is now, and where an entry begins of which too little is there. */
  #undo(data: Buffer): { length: number; at: number } {
    let [length, at] = [0, HEADROOM_BYTES];
    while (at < data.length) {
      if (!this.#isOpen) {
        const found = this.#header.read(data, at);
        if (found === 'cut') break;
        this.#isWanted = found === 'entry' && this.#wants(data, at);
        if (this.#isWanted && this.#isAtLineStart && this.#selection.timestamps)
          length += this.#stamp(data, at, length);
        if (found === 'entry') at = this.#header.text;
        this.#isFull = this.#header.isFull;
      }
      const newline = data.indexOf(NEWLINE, at);
      const next = newline === -1 ? data.length : newline + 1;
      this.#isOpen = newline === -1;
      if (this.#isWanted) {
        const end = this.#isOpen || this.#isFull ? next : newline;
        data.copyWithin(length, at, end);
        length += end - at;
        this.#isAtLineStart = !this.#isOpen && this.#isFull;
      }
      at = next;
    }
    return { length, at };
  }

  #wants(data: Buffer, at: number): boolean {
    const { stream, sinceMs = 0 } = this.#selection;
    if (stream !== 'All' && this.#header.isStderr !== (stream === 'Stderr')) return false;
    this.#isSince ||= Date.parse(data.toString('latin1', at, this.#header.timeEnd)) >= sinceMs;
    return this.#isSince;
  }

  /** Writes the time of the entry before its text; returns its length. */
  #stamp(data: Buffer, at: number, to: number): number {
    const { timeEnd } = this.#header;
    if (hasNineDigits(data, at, timeEnd)) {
      data.copyWithin(to, at, timeEnd + 1);
      return timeEnd + 1 - at;
    }
    return data.write(`${withNineDigits(data.toString('latin1', at, timeEnd))} `, to, 'latin1');
  }
}

const NANO_DIGITS = 9;
/** Of a time with nine digits: in UTC, and with the offset of a zone. */
const UTC_BYTES = 30;
const ZONED_BYTES = 35;
const Z = 0x5a;

function hasNineDigits(data: Buffer, at: number, end: number): boolean {
  return end - at === ZONED_BYTES || (end - at === UTC_BYTES && data[end - 1] === Z);
}

/** The runtime leaves zeros at the end out (RFC3339Nano). */
function withNineDigits(time: string): string {
  const [, seconds = time, digits = '', zone = ''] = /^(.{19})(?:\.(\d{1,9}))?(.*)$/s.exec(time) ?? [];
  return `${seconds}.${digits.padEnd(NANO_DIGITS, '0')}${zone}`;
}
