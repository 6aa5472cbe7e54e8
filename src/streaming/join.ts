import type { Duplex } from 'node:stream';
import { letGo } from './let-go.ts';

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
  runtime.once('end', () => letGo(client));
  runtime.once('end', () => runtime.end());
  passOn(client, runtime);
  passOn(runtime, client);
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  await closed;
  signal.removeEventListener('abort', cut);
}

function passOn(from: Duplex, to: Duplex): void {
  from.on('error', () => undefined);
  from.pipe(to);
  from.once('close', () => {
    // Who broke off may have said something before that is not passed on yet.
    for (let rest = from.read(); rest !== null && to.writable; rest = from.read()) to.write(rest);
    letGo(to);
  });
}

function closing(side: Duplex): Promise<void> {
  if (side.closed) return Promise.resolve();
  return new Promise((resolve) => side.once('close', () => resolve()));
}
