import type { Clock } from '../../src/base/index.ts';

const KEPT = 48;

/** The last things that happened, for whoever has to understand a failure. Words are made only when asked for. */
export class Trace {
  readonly #clock: Clock;
  readonly #lines: { readonly atMs: number; readonly words: readonly unknown[] }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(...words: readonly unknown[]): void {
    this.#lines.push({ atMs: this.#clock.monotonicMs(), words });
    if (this.#lines.length > 4 * KEPT) this.#lines.splice(0, 3 * KEPT);
  }

  render(): string {
    return this.#lines
      .slice(-KEPT)
      .map(({ atMs, words }) => `${(atMs / 1000).toFixed(3).padStart(9)}  ${words.map(show).join(' ')}`)
      .join('\n');
  }
}

function show(word: unknown): string {
  if (word instanceof Error) return word.message;
  return typeof word === 'string' ? word : JSON.stringify(word);
}
