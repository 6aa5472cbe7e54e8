import { constants } from 'node:os';

/** The exit code of who was ended by the signal that `Program.untilInterrupted` tells of: 130 for SIGINT. */
export function interruptedCode({ reason }: AbortSignal): number {
  const number = Object.entries(constants.signals).find(([name]) => name === reason)?.[1];
  return 128 + (number ?? constants.signals.SIGINT);
}

/** Whoever read the output has left: `tinylet logs web | head` is no failure. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
