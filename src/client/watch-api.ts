import type { Readable } from 'node:stream';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  TinyletError,
  textAt,
} from '../base/index.ts';
import { accepted } from './ask-api.ts';
import { type NodeClient, unreachable } from './node-client.ts';

/** One line of a watch (apimachinery: WatchEvent). */
export interface WatchedChange {
  /** ADDED, MODIFIED, DELETED or BOOKMARK. */
  readonly type: string;
  readonly object: JsonObject;
}

export interface WatchRequest {
  /** With its query, `watch=true` in it. */
  readonly path: string;
  readonly accept?: string;
  /** Ends the watch without an error. */
  readonly signal?: AbortSignal;
}

/** Changes as they come, until the signal aborts. Throws API_REFUSED where the API refuses or ends it, DAEMON_UNREACHABLE where the daemon goes. */
export async function* watchApi(client: NodeClient, request: WatchRequest): AsyncGenerator<WatchedChange> {
  const { signal } = request;
  try {
    const { body } = await accepted(await client.send({ ...request, patient: true }));
    for await (const line of linesOf(body)) yield changeOf(line);
  } catch (cause) {
    if (signal?.aborted) return;
    if (cause instanceof TinyletError) throw cause;
    throw unreachable(client.socketPath, 'it hung up while it was listened to', cause);
  }
  if (!signal?.aborted) throw unreachable(client.socketPath, 'it ended what was listened to');
}

/** Leaves nothing open where its reader has heard enough. */
async function* linesOf(body: Readable): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of body.setEncoding('utf8')) {
    const [first = '', ...others] = String(chunk).split('\n');
    const lines = [begun + first, ...others];
    begun = lines.pop() ?? '';
    yield* lines;
  }
}

function changeOf(line: string): WatchedChange {
  const value: JsonValue = JSON.parse(line);
  const object = objectAt(value, 'object');
  if (!isJsonObject(value) || value.type !== 'ERROR') return { type: textAt(value, 'type'), object };
  const facts = { code: object.code, reason: textAt(object, 'reason') };
  throw new TinyletError('API_REFUSED', textAt(object, 'message'), { facts });
}
