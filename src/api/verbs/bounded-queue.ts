/** Texts on their way to one reader, who may be slow: no more are held than the bound. */
export class BoundedQueue {
  readonly #limit: number;
  #texts: string[] = [];
  #characters = 0;
  #wake: (() => void) | undefined;
  #isOverflowing = false;

  /** In characters, of all that waits together. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False where it does not fit: nothing is held any more, and nothing is taken from then on. */
  push(text: string): boolean {
    this.#characters += text.length;
    this.#isOverflowing ||= this.#characters > this.#limit;
    if (this.#isOverflowing) this.#texts = [];
    else this.#texts.push(text);
    this.#wake?.();
    return !this.#isOverflowing;
  }

  get isOverflowing(): boolean {
    return this.#isOverflowing;
  }

  /** All that waits, as soon as something does; undefined once `signal` is aborted and nothing is left. One reader at a time. */
  async take(signal: AbortSignal): Promise<string | undefined> {
    while (this.#texts.length === 0) {
      if (signal.aborted) return undefined;
      await this.#pushed(signal);
    }
    const text = this.#texts.join('');
    this.#texts = [];
    this.#characters = 0;
    return text;
  }

  #pushed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake = undefined;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
