/** What a disk does to those who write on it. */
export interface StoreTrouble {
  /** How long a write takes. */
  readonly latencyMs: () => number;
  /** Whether this write fails, as on a full disk: before it has any effect. */
  readonly refuses: () => boolean;
  readonly sleep: (ms: number) => Promise<void>;
}

const noTrouble: StoreTrouble = {
  latencyMs: () => 0,
  refuses: () => false,
  sleep: async () => undefined,
};

/** The writes of one process after the other: what a process that died was about to write is not written any more. */
export class Writes {
  readonly #trouble: StoreTrouble;
  #life = 0;

  constructor(trouble: StoreTrouble = noTrouble) {
    this.#trouble = trouble;
  }

  /** The process dies. */
  interrupt(): void {
    this.#life += 1;
  }

  /** Resolves when the write may have its effect, at once; never, if the process died meanwhile. Rejects if the disk refuses. */
  async one(refusal: () => Error): Promise<void> {
    const life = this.#life;
    const { latencyMs, refuses, sleep } = this.#trouble;
    const ms = latencyMs();
    if (ms > 0) await sleep(ms);
    if (life !== this.#life) await new Promise(() => undefined);
    if (refuses()) throw refusal();
  }
}
