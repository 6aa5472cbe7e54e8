import { randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { type ApiResponse, createRouter } from '../../../src/api/index.ts';
import { selfRoutes, storedRoutes } from '../../../src/api/routes.ts';
import { silentLogger } from '../../../src/base/index.ts';
import type { ClientRequest, NodeClient } from '../../../src/client/index.ts';
import { apiRequest } from '../api/ask.ts';
import type { ObjectWorld } from '../api/object-world.ts';

/** The API over objects in memory, as a command line asks it: the real routes, without a socket. */
export class ObjectClient implements NodeClient {
  readonly socketPath = '/run/t.sock';
  /** What was asked, as `METHOD path`. */
  readonly asked: string[] = [];
  readonly #router;
  readonly #open = new Set<Readable>();

  constructor(world: ObjectWorld) {
    const { clock } = world;
    this.#router = createRouter(
      [
        ...selfRoutes({ version: '1.2.3', nowMs: () => clock.nowMs() }),
        ...storedRoutes({ objects: world.store, writer: world, clock, newUid: randomUUID }),
      ],
      silentLogger,
    );
  }

  async send(request: ClientRequest): ReturnType<NodeClient['send']> {
    const { method = 'GET', path, accept = 'application/json', contentType = 'application/json' } = request;
    this.asked.push(`${method} ${path}`);
    const answer = await this.#router.answer(
      apiRequest(path, {
        method,
        headers: { accept, 'content-type': contentType },
        body: Buffer.from(request.body ?? ''),
        signal: request.signal ?? new AbortController().signal,
      }),
    );
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    );
    const body = bodyOf(answer, request.signal);
    this.#open.add(body);
    return { status: answer.status, headers, body };
  }

  /** How many answers have begun. */
  get answers(): number {
    return this.#open.size;
  }

  /** As a daemon that dies: every answer that has begun breaks off. */
  hangUp(): void {
    for (const body of this.#open) body.destroy(new Error('aborted'));
  }
}

function bodyOf({ body }: ApiResponse, signal = new AbortController().signal): Readable {
  if (typeof body !== 'function') return Readable.from([Buffer.from(body)]);
  const stream = new PassThrough();
  const left = new AbortController();
  stream.once('close', () => left.abort());
  const write = async (chunk: string | Uint8Array): Promise<void> => void stream.write(chunk);
  body({ write }, AbortSignal.any([signal, left.signal])).then(
    () => stream.end(),
    (error: Error) => stream.destroy(error),
  );
  return stream;
}
