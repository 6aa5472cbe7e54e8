import { type Clock, type JsonObject, objectAt } from '../base/index.ts';
import { type NodeClient, watchApi } from '../client/index.ts';
import { type ApiKind, pathOf } from './api-kinds.ts';

/** One object, wherever it is defined. */
export interface ObjectRef {
  readonly kind: ApiKind;
  /** Of what has none it is not heeded. */
  readonly namespace: string;
  readonly name: string;
}

export interface Awaiting {
  readonly client: NodeClient;
  readonly clock: Clock;
  /** For ever where undefined; 0 means that only what is there now counts. */
  readonly timeoutMs: number | undefined;
}

/** An object as it is; undefined while there is none. What it throws ends the wait. */
export type Condition = (object: JsonObject | undefined) => boolean;

/** Whether the condition holds before the time is over, of the object as it is now or as it comes to be. Rejects as `watchApi` does. */
export async function awaitObject(
  { client, clock, timeoutMs }: Awaiting,
  object: ObjectRef,
  isMet: Condition,
): Promise<boolean> {
  const over = new AbortController();
  const timer =
    timeoutMs === undefined || timeoutMs === 0 ? undefined : clock.setTimer(timeoutMs, () => over.abort());
  try {
    for await (const seen of sightings(client, object, over.signal)) {
      if (isMet(seen)) return true;
      if (timeoutMs === 0) return false;
    }
    return false;
  } finally {
    timer?.cancel();
  }
}

/** First what is there, or that nothing is; then every change. */
async function* sightings(
  client: NodeClient,
  { kind, namespace, name }: ObjectRef,
  signal: AbortSignal,
): AsyncGenerator<JsonObject | undefined> {
  const query = {
    ...{ watch: 'true', fieldSelector: `metadata.name=${name}`, allowWatchBookmarks: 'true' },
    // A bookmark tells where what was there ends: so nothing is something that is told, too.
    ...{ sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' },
  };
  let isKnown = false;
  for await (const { type, object } of watchApi(client, {
    path: pathOf(kind, { namespace, query }),
    signal,
  })) {
    if (type !== 'BOOKMARK') yield type === 'DELETED' ? undefined : object;
    else if (!isKnown) yield undefined;
    isKnown = true;
  }
}

/** Whether this very object is no more: another one of its name is another one. */
export function isGone(uid: string): Condition {
  return (object) => object === undefined || objectAt(object, 'metadata').uid !== uid;
}
