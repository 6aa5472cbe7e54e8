import type { Clock } from '../base/index.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Cancels before the deadline. */
  readonly signal: AbortSignal;
}

/** Runs a task with a signal that aborts when the time is over (isDeadline) or when `signal` does. The task has to heed it. */
export async function withDeadline<T>(
  { clock, timeoutMs, signal }: Deadline,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancel = (): void => controller.abort(signal.reason);
  const timer = clock.setTimer(timeoutMs, () =>
    controller.abort(new DOMException('the time is over', 'TimeoutError')),
  );
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    return await task(controller.signal);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', cancel);
  }
}

/** True of a signal that aborted because time was over, as withDeadline and AbortSignal.timeout have it. */
export function isDeadline({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
