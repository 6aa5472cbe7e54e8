import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * For the other side to close as well, from when all that it is owed was handed to the system. It may be a pager that somebody reads at
 * leisure; who is dead is noticed by the system.
 */
export const LINGER_MS = 300_000;

/**
 * Ends a side that nobody listens to any more. What was written to it goes out first, however slow it is. What it still says is read
 * and forgotten: a connection that is closed with something unread loses what is under way to the other side, too.
 */
export function letGo(side: Duplex): void {
  side.resume();
  side.end(() => closeWhenSilent(side, LINGER_MS));
}

/**
 * The same for a runtime whose client is gone. Its time begins at once: a command that never reads its input never takes what was written
 * to it either, and would hold the connection for as long as it lives.
 */
export function abandon(runtime: Duplex, lingerMs: number = LINGER_MS): void {
  closeWhenSilent(runtime, lingerMs);
  letGo(runtime);
}

/** A connection on which something still gets on is not silent. */
function closeWhenSilent(side: Duplex, afterMs: number): void {
  if (side instanceof Socket) side.setTimeout(afterMs, () => side.destroy());
}
