/** How many runs there may be at once. */
export class RunSlots {
  readonly limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** What gives the slot back, once however often it is called; undefined where all are taken. */
  take(): (() => void) | undefined {
    if (this.#taken >= this.limit) return undefined;
    this.#taken += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
  }
}
