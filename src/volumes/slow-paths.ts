import { type Clock, Limiter } from '../base/index.ts';

/** How long a path of the machine may take to answer. */
const DEADLINE_MS = 5_000;
/** Each look that never returns holds one of the four threads Node has for files. */
const MOST_THREADS = 2;

/**
 * Looks at paths that may never answer, such as those on a dead network mount, with a deadline. What hangs is left behind; while as
 * much hangs as may, further looks fail at once; so does another look at the same path.
 */
export class SlowPaths {
  readonly #clock: Clock;
  readonly #threads = new Limiter(MOST_THREADS);
  readonly #hanging: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `discard` gets what a look comes to after its deadline. */
  look<T>(path: string, look: () => Promise<T>, discard?: (late: T) => void): Promise<T> {
    const noAnswer = new Error(`${path} does not answer`);
    if (this.#hanging.includes(path)) return Promise.reject(noAnswer);
    if (this.#hanging.length >= MOST_THREADS) {
      const dead = this.#hanging.join(' and ');
      return Promise.reject(new Error(`${path} is not looked at as long as ${dead} do not answer`));
    }
    return new Promise((resolve, reject) => {
      let late = false;
      let holdsThread = false;
      const timer = this.#clock.setTimer(DEADLINE_MS, () => {
        late = true;
        if (holdsThread) this.#hanging.push(path);
        reject(noAnswer);
      });
      const looking = this.#threads.run(async () => {
        if (late) return undefined;
        holdsThread = true;
        return { value: await look() };
      });
      const ended = (): void => {
        timer.cancel();
        if (late && holdsThread) this.#hanging.splice(this.#hanging.indexOf(path), 1);
      };
      looking.then(
        (found) => {
          ended();
          if (found === undefined) return;
          if (late) discard?.(found.value);
          else resolve(found.value);
        },
        (error) => {
          ended();
          reject(error);
        },
      );
    });
  }
}
