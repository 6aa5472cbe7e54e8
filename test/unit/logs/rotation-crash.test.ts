import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LogDirectory, openLogDirectory } from '../../../src/logs/log-directory.ts';
import { LoggingContainer } from './rotation-rig.ts';

/** Counts steps and ends the process, as it were, at one of them: nothing has any effect from then on. */
class Crash {
  readonly #at: number;
  readonly #afterEffect: boolean;
  #steps = 0;

  constructor(at: number, afterEffect: boolean) {
    this.#at = at;
    this.#afterEffect = afterEffect;
  }

  get steps(): number {
    return this.#steps;
  }

  async step<T>(act: () => Promise<T>): Promise<T> {
    this.#steps += 1;
    if (this.#steps > this.#at || (this.#steps === this.#at && !this.#afterEffect)) throw new Error('gone');
    const result = await act();
    if (this.#steps === this.#at) throw new Error('gone');
    return result;
  }

  readonly open: typeof openLogDirectory = async (logs) => {
    const held = await openLogDirectory(logs);
    return held && this.#watched(held);
  };

  #watched(held: LogDirectory): LogDirectory {
    return {
      ...held,
      remove: (name) => this.step(() => held.remove(name)),
      rename: (from, to) => this.step(() => held.rename(from, to)),
      restore: (from, to) => this.step(() => held.restore(from, to)),
      pack: (from, to, signal) => this.step(() => held.pack(from, to, signal)),
    };
  }
}

const ROUNDS = 3;

/** A log with two compressed files, one that is not, and one that is due; then a look that ends at that step. */
async function crashed(crash: Crash, maxFiles: number): Promise<LoggingContainer> {
  const container = await LoggingContainer.start();
  const before = container.rotation({ maxFiles });
  for (let round = 0; round < ROUNDS; round += 1) {
    await container.write(10);
    await container.look(before);
  }
  await container.write(10);
  const reopen = (): Promise<void> => crash.step(container.reopen);
  await container.look(container.rotation({ maxFiles }, { openDirectory: crash.open, reopen }));
  return container;
}

async function stepsOf(maxFiles: number): Promise<number> {
  const crash = new Crash(Number.POSITIVE_INFINITY, false);
  await (await crashed(crash, maxFiles)).end();
  return crash.steps;
}

describe.each([
  ['nothing has to go', 9, 5],
  ['the oldest go', 3, 6],
])('a daemon that ends in the middle of a rotation where %s', (_case, maxFiles, steps) => {
  test('has as many steps to end at', async () => {
    expect(await stepsOf(maxFiles)).toBe(steps);
  });

  const places = Array.from({ length: steps }, (_, index) => index + 1);
  test.each(places.flatMap((at) => [`${at} before`, `${at} after`]))('at step %s it', async (place) => {
    const [at, when] = place.split(' ');
    const container = await crashed(new Crash(Number(at), when === 'after'), maxFiles);
    // The runtime writes on, wherever it is.
    await container.write(3);
    const next = container.rotation({ maxFiles });
    await container.look(next);
    await container.write(10);
    const rotated = (await container.names()).length;
    expect(rotated).toBeLessThanOrEqual(maxFiles + 1);
    await container.look(next);
    await container.write(1);

    const kept = await container.kept();
    expect(kept).toEqual(container.written.slice(-kept.length));
    if (maxFiles === 9) expect(kept).toHaveLength(container.written.length);
    else expect(kept.length).toBeGreaterThanOrEqual(1 + 10 * (maxFiles - 1));
    const names = await container.names();
    expect(names.length).toBeLessThanOrEqual(maxFiles);
    expect(names.filter((name) => !/^0\.log(\.\d{8}-\d{6}(\.gz)?)?$/.test(name))).toEqual([]);
    // All but the newest are compressed.
    const plain = names.filter((name) => name !== '0.log' && !name.endsWith('.gz'));
    expect(plain).toEqual([names.filter((name) => name !== '0.log').at(-1)]);
    await container.end();
  });
});

test('a copy that was cut off in the middle is made anew', async () => {
  const container = await LoggingContainer.start();
  const rotation = container.rotation();
  await container.write(10);
  await container.look(rotation);
  const [, rotated = ''] = await container.names();
  await writeFile(join(container.directory, `${rotated}.tmp`), 'half');
  await container.write(10);
  await container.look(rotation);
  expect(await container.names()).toEqual(['0.log', `${rotated}.gz`, expect.stringMatching(/^0\.log\.\d/)]);
  expect(await container.kept()).toEqual(container.written);
  await container.end();
});
