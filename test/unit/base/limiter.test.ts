import { expect, test } from 'vitest';
import { Limiter } from '../../../src/base/index.ts';
import { gate } from '../reconcile/fake-cri.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('so many run at once; the others follow in order of arrival', async () => {
  const limiter = new Limiter(2);
  const begun: number[] = [];
  const gates = [0, 1, 2, 3].map(() => gate());
  const runs = gates.map(({ closed }, index) =>
    limiter.run(async () => {
      begun.push(index);
      await closed;
      return index;
    }),
  );
  await settle();
  expect(begun).toEqual([0, 1]);
  gates[1]?.open();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  for (const { open } of gates) open();
  expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
});

test('a task that fails gives its place back and its error to its caller', async () => {
  const limiter = new Limiter(1);
  await expect(limiter.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limiter.run(async () => 'next')).toBe('next');
});

test('a place that was given back is given away once', async () => {
  const limiter = new Limiter(1);
  await limiter.run(async () => undefined);
  let running = 0;
  let most = 0;
  const task = async () => {
    running += 1;
    most = Math.max(most, running);
    await settle();
    running -= 1;
  };
  await Promise.all([limiter.run(task), limiter.run(task), limiter.run(task)]);
  expect(most).toBe(1);
});
