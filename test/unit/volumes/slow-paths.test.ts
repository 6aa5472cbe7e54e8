import { describe, expect, test, vi } from 'vitest';
import { SlowPaths } from '../../../src/volumes/slow-paths.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** A look that answers when it is told to. */
function hanging() {
  let answer = { resolve: (_found: number): void => {}, reject: (_error: Error): void => {} };
  const promise = new Promise<number>((resolve, reject) => {
    answer = { resolve, reject };
  });
  return { look: () => promise, ...answer };
}

describe('looks at slow paths', () => {
  test('that answer in time give what they find, or their own error', async () => {
    const slow = new SlowPaths(new VirtualClock());
    await expect(slow.look('/a', async () => 1)).resolves.toBe(1);
    await expect(slow.look('/a', () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('that do not answer fail after five seconds; what they find then is handed over', async () => {
    const clock = new VirtualClock();
    const slow = new SlowPaths(clock);
    const discard = vi.fn();
    const { look, resolve } = hanging();
    const looking = slow.look('/dead', look, discard);
    const failed = expect(looking).rejects.toThrow('/dead does not answer');
    await clock.advance(5_000);
    await failed;
    resolve(7);
    await clock.advance(0);
    expect(discard).toHaveBeenCalledExactlyOnceWith(7);
  });

  test('that hang are not looked at again meanwhile, so that one dead path holds one thread', async () => {
    const clock = new VirtualClock();
    const slow = new SlowPaths(clock);
    const { look, resolve } = hanging();
    const first = Promise.allSettled([slow.look('/dead', look)]);
    await clock.advance(5_000);
    await first;
    const again = vi.fn(async () => 2);
    await expect(slow.look('/dead', again)).rejects.toThrow('/dead does not answer');
    expect(again).not.toHaveBeenCalled();
    await expect(slow.look('/alive', async () => 3)).resolves.toBe(3);
    resolve(1);
    await clock.advance(0);
    await expect(slow.look('/dead', again)).resolves.toBe(2);
  });

  test('while two hang, others fail at once or after their own deadline, and work again afterwards', async () => {
    const clock = new VirtualClock();
    const slow = new SlowPaths(clock);
    const [one, two] = [hanging(), hanging()];
    const looks = [slow.look('/1', one.look), slow.look('/2', two.look)];
    const third = vi.fn(async () => 3);
    looks.push(slow.look('/3', third));
    const settled = Promise.allSettled(looks);
    await clock.advance(5_000);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(slow.look('/4', third)).rejects.toThrow(
      '/4 is not looked at as long as /1 and /2 do not answer',
    );
    one.resolve(1);
    two.reject(new Error('late'));
    await clock.advance(0);
    expect(third).not.toHaveBeenCalled();
    await expect(slow.look('/4', third)).resolves.toBe(3);
  });
});
