type Step = () => Promise<unknown> | unknown;

/** What is to be undone at the end, last first, whatever happened: also when the run is interrupted. */
export class Cleanups {
  readonly #steps: Step[] = [];
  #run: Promise<void> | undefined;

  /** Once the end has begun nothing new may: it is undone at once, and whoever made it is told. */
  add(step: Step): void {
    if (this.#run === undefined) {
      this.#steps.push(step);
      return;
    }
    void step();
    throw new Error('interrupted');
  }

  /** Does every step even where others fail, then rejects with the first failure. The second call waits for the first. */
  run(): Promise<void> {
    this.#run ??= this.#undo();
    return this.#run;
  }

  async #undo(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
