import type { Duplex } from 'node:stream';
import { abandon, letGo } from './let-go.ts';

export interface Sides {
  readonly client: Duplex;
  readonly runtime: Duplex;
  /** Cuts both off. */
  readonly signal: AbortSignal;
}

/**
 * Passes on what each side says to the other, no faster than that takes it, and its end. A client may end and go on listening; when the
 * runtime ends, all is over. Resolves when both are closed.
 */
export async function join({ client, runtime, signal }: Sides): Promise<void> {
  const cut = (): void => {
    client.destroy();
    runtime.destroy();
  };
  const closed = Promise.all([closing(client), closing(runtime)]);
  // What is wrong with a side shows when it closes.
  for (const side of [client, runtime]) side.on('error', () => undefined);
  passOn(client, runtime);
  passOn(runtime, client);
  passEnds(client, runtime);
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  await closed;
  signal.removeEventListener('abort', cut);
}

function passOn(from: Duplex, to: Duplex): void {
  from.on('data', (chunk: Buffer) => {
    // What is said to a side that has ended is said to nobody.
    if (to.writable && !to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.resume();
}

function passEnds(client: Duplex, runtime: Duplex): void {
  client.once('end', () => runtime.end());
  client.once('close', () => abandon(runtime));
  runtime.once('end', () => runtime.end());
  for (const event of ['end', 'close']) runtime.once(event, () => letGo(client));
}

function closing(side: Duplex): Promise<void> {
  if (side.closed) return Promise.resolve();
  return new Promise((resolve) => side.once('close', () => resolve()));
}
