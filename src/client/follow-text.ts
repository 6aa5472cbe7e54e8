import { TinyletError } from '../base/index.ts';
import { accepted } from './ask-api.ts';
import { type NodeClient, unreachable } from './node-client.ts';

/**
 * A text of the API as it comes, piece by piece, to its end: the log of a container. Rejects with API_REFUSED where there is none,
 * DAEMON_UNREACHABLE where it breaks off, and with whatever `write` did.
 */
export async function followText(
  client: NodeClient,
  { path, signal }: { readonly path: string; readonly signal?: AbortSignal },
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const request = { path, accept: 'text/plain, application/json', patient: true };
  const { body } = await accepted(await client.send({ ...request, ...(signal && { signal }) }));
  const pieces: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  for (;;) {
    const piece = await pieces.next().catch((cause: unknown) => {
      if (cause instanceof TinyletError) throw cause;
      throw unreachable(client.socketPath, 'it hung up in the midst of its answer', cause);
    });
    if (piece.done === true) return;
    await write(piece.value);
  }
}
