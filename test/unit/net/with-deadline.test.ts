import { expect, test } from 'vitest';
import { isDeadline, withDeadline } from '../../../src/net/with-deadline.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** A task that ends when its signal aborts, and tells why. */
const untilAborted = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(isDeadline(signal));
    else signal.addEventListener('abort', () => resolve(isDeadline(signal)));
  });

test('the time is over at the deadline and not before', async () => {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  let byDeadline: boolean | undefined;
  void withDeadline({ clock, timeoutMs: 1000, signal }, untilAborted).then((answer) => {
    byDeadline = answer;
  });
  await clock.advance(999);
  expect(byDeadline).toBeUndefined();
  await clock.advance(1);
  expect(byDeadline).toBe(true);
});

test.each([true, false])('cancelled is no deadline (before it began: %s)', async (before) => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  if (before) controller.abort();
  const answer = withDeadline({ clock, timeoutMs: 1000, signal: controller.signal }, untilAborted);
  controller.abort();
  expect(await answer).toBe(false);
});

test('a task that is done in time leaves no timer', async () => {
  const clock = new VirtualClock();
  let aborted = false;
  const { signal } = new AbortController();
  await withDeadline({ clock, timeoutMs: 1000, signal }, async (inner) => {
    inner.addEventListener('abort', () => {
      aborted = true;
    });
  });
  await clock.advance(2000);
  expect(aborted).toBe(false);
});
