import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import { podPath } from './pod-path.ts';
import type { PodName } from './program.ts';

/** What of the logs is wanted, under kubectl's names. */
export interface LogWish {
  readonly container: string | undefined;
  readonly allContainers: boolean;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceMs: number | undefined;
  /** RFC 3339. */
  readonly sinceTime: string | undefined;
  /** All of them, where undefined. */
  readonly limitBytes: number | undefined;
  /** All lines, where undefined. */
  readonly tail: number | undefined;
  readonly prefix: boolean;
}

/** The log of one container. */
export interface LogSource {
  readonly pod: PodName;
  /** Where undefined, the API knows which one is meant, or the first one is taken (default-container.ts). */
  readonly container: string | undefined;
}

/** As kubectl has it, which several logs would else flood a terminal with. */
const SELECTED_TAIL = 10;

/** Which logs there are of pods that are named, or have these labels. Rejects as `askApi` does. */
export async function logSources(
  client: NodeClient,
  asked: { readonly pod: PodName } | { readonly namespace: string; readonly labels: string },
  wish: LogWish,
): Promise<readonly LogSource[]> {
  if ('pod' in asked) {
    const { pod } = asked;
    if (!wish.allContainers && (!wish.prefix || wish.container !== undefined))
      return [{ pod, container: wish.container }];
    return sourcesOf(await askApi(client, { path: podPath(pod) }), wish);
  }
  const { namespace, labels } = asked;
  const query = new URLSearchParams({ labelSelector: labels });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${query}`;
  const pods = listAt(await askApi(client, { path }), 'items').filter(isJsonObject);
  return pods.flatMap((pod) => sourcesOf(pod, wish));
}

/** Where the API has such a log. */
export function logPath({ pod, container }: LogSource, wish: LogWish, isSelected: boolean): string {
  const { follow, previous, timestamps, sinceMs, sinceTime, limitBytes, tail } = wish;
  const query = new URLSearchParams();
  if (container !== undefined) query.set('container', container);
  if (follow) query.set('follow', 'true');
  if (previous) query.set('previous', 'true');
  if (timestamps) query.set('timestamps', 'true');
  if (sinceMs !== undefined) query.set('sinceSeconds', String(Math.ceil(sinceMs / 1000)));
  if (sinceTime !== undefined) query.set('sinceTime', sinceTime);
  if (limitBytes !== undefined) query.set('limitBytes', String(limitBytes));
  const lines = tail ?? (isSelected ? SELECTED_TAIL : undefined);
  if (lines !== undefined && lines >= 0) query.set('tailLines', String(lines));
  return podPath(pod, 'log', query);
}

/** `[pod/web/app] `, as kubectl writes it. */
export function prefixOf({ pod, container }: LogSource): string {
  return `[pod/${pod.name}${container === undefined ? '' : `/${container}`}] `;
}

function sourcesOf(object: JsonObject, { container, allContainers }: LogWish): readonly LogSource[] {
  const metadata = objectAt(object, 'metadata');
  const pod = { namespace: textAt(metadata, 'namespace'), name: textAt(metadata, 'name') };
  if (!allContainers) return [{ pod, container: container ?? defaultContainer(object) }];
  return containersOf(object).map((name) => ({ pod, container: name }));
}

/** Which one the API takes; undefined where it refuses to choose. */
function defaultContainer(pod: JsonObject): string | undefined {
  const annotations = objectAt(objectAt(pod, 'metadata'), 'annotations');
  const chosen = textAt(annotations, 'kubectl.kubernetes.io/default-container');
  if (containersOf(pod).includes(chosen)) return chosen;
  const [first, ...others] = listAt(objectAt(pod, 'spec'), 'containers');
  return others.length === 0 ? textAt(first, 'name') : undefined;
}

/** In kubectl's order (kubectl: polymorphichelpers logsForObject). */
function containersOf(pod: JsonObject): readonly string[] {
  const spec = objectAt(pod, 'spec');
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    listAt(spec, list).map((container) => textAt(container, 'name')),
  );
}
