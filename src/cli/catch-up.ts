/** What comes faster than that has no place where to join it anyway. */
const MAX_OVERLAP_BYTES = 64 * 1024;

type Write = (bytes: Uint8Array) => Promise<void>;

/**
 * Joins what a container wrote before somebody listened to what is heard since. A terminal's output can be listened to only when its
 * container runs, and may have begun by then.
 */
export class CatchUp {
  readonly #write: Write;
  #held: Buffer | undefined = Buffer.alloc(0);
  #writing: Promise<void> = Promise.resolve();

  constructor(write: Write) {
    this.#write = write;
  }

  /** What is heard. It is held back until it is known what was before it. */
  async heard(bytes: Uint8Array): Promise<void> {
    if (this.#held !== undefined) {
      this.#held = Buffer.concat([this.#held, bytes]);
      return;
    }
    await this.#writing;
    await this.#write(bytes);
  }

  /** All that was written until now, as far as it is known: its end may have been heard, too. Only once. */
  async begin(before: Uint8Array): Promise<void> {
    const heard = this.#held ?? Buffer.alloc(0);
    this.#held = undefined;
    const missed = Buffer.from(before);
    const all = Buffer.concat([missed, heard.subarray(overlap(missed, heard))]);
    if (all.length > 0) this.#writing = this.#write(all);
    await this.#writing;
  }
}

/** How much of the end of the one is the beginning of the other. */
function overlap(before: Buffer, after: Buffer): number {
  for (let length = Math.min(before.length, after.length, MAX_OVERLAP_BYTES); length > 0; length -= 1)
    if (before.subarray(-length).equals(after.subarray(0, length))) return length;
  return 0;
}
