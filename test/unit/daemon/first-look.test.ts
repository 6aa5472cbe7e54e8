import { expect, test } from 'vitest';
import { firstLook } from '../../../src/daemon/first-look.ts';

test('the first look is one that has ended, not one that was begun', async () => {
  const listeners: (() => void)[] = [];
  let [looks, isOver] = [{ begun: 0, inForce: 0 }, false];
  const state = { looks: () => looks, onChange: (listener: () => void) => void listeners.push(listener) };
  void firstLook(state).then(() => {
    isOver = true;
  });
  const seen = [];
  for (looks of [
    { begun: 0, inForce: 0 },
    { begun: 1, inForce: 0 },
    { begun: 2, inForce: 1 },
    { begun: 2, inForce: 2 },
  ]) {
    for (const listener of listeners) listener();
    await Promise.resolve();
    seen.push(isOver);
  }
  expect(seen).toEqual([false, false, true, true]);
});
