import { type JsonObject, objectAt, textAt } from '../base/index.ts';
import { type NodeClient, watchApi } from '../client/index.ts';
import { asPodUid } from '../pod/index.ts';
import type { EventReport } from '../status/index.ts';

/** Whose events: those of a pod, of a namespace, or all. */
export interface EventScope {
  readonly namespace: string | undefined;
  readonly name?: string;
}

/** Shows what there is, all at once, then each event as it comes or counts, until the program is ended. Rejects as `watchApi` does. */
export async function watchEvents(
  client: NodeClient,
  scope: EventScope,
  show: (events: readonly EventReport[]) => void,
): Promise<never> {
  const earlier: EventReport[] = [];
  let isCaughtUp = false;
  for await (const { type, object } of watchApi(client, { path: pathOf(scope) })) {
    if (type === 'BOOKMARK') {
      // Others come later, and say no more than where a watch could go on.
      if (!isCaughtUp && earlier.length > 0) show(earlier.toSorted(byLastSeen));
      isCaughtUp = true;
    } else if (!isCaughtUp) earlier.push(reportOf(object));
    // What has grown too old is no news.
    else if (type !== 'DELETED') show([reportOf(object)]);
  }
  throw new Error('a watch that nobody ends has ended');
}

/** The API tells where the first ones end (KEP-3157: WatchList). */
function pathOf({ namespace, name }: EventScope): string {
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams({
    ...{ watch: 'true', sendInitialEvents: 'true', allowWatchBookmarks: 'true' },
    resourceVersionMatch: 'NotOlderThan',
    ...(name !== undefined && { fieldSelector: `involvedObject.name=${name}` }),
  });
  return `/api/v1${within}/events?${query}`;
}

function byLastSeen(one: EventReport, other: EventReport): number {
  return Date.parse(one.lastTimestamp) - Date.parse(other.lastTimestamp);
}

function reportOf(event: JsonObject): EventReport {
  const about = objectAt(event, 'involvedObject');
  const fieldPath = textAt(about, 'fieldPath');
  return {
    ...{ uid: asPodUid(textAt(about, 'uid')), namespace: textAt(about, 'namespace') },
    ...{ name: textAt(about, 'name'), ...(fieldPath !== '' && { fieldPath }) },
    type: textAt(event, 'type') === 'Warning' ? 'Warning' : 'Normal',
    ...{ reason: textAt(event, 'reason'), message: textAt(event, 'message') },
    count: Number(event.count ?? 1),
    firstTimestamp: textAt(event, 'firstTimestamp'),
    lastTimestamp: textAt(event, 'lastTimestamp'),
  };
}
