import { ApiFailure } from '../apimachinery/index.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../base/index.ts';
import type { StreamFlags } from '../cri/index.ts';
import type { ApiRequest } from './message.ts';
import { someStreams, uidOf } from './pod-streams.ts';
import type { ApiPorts, ContainerRef } from './ports.ts';

/**
 * What the paths of the kubelet's streams name: `/exec/{namespace}/{name}[/{uid}]/{container}`. A pod bears the name under which the API
 * shows it. What is not there is told in the kubelet's words, and always as NotFound.
 */
type Asked = Pick<ApiRequest, 'params'>;

/** Both forms of a path, without a uid and with one. */
export function withUid(start: string, end = ''): readonly string[] {
  return [`${start}/:namespace/:name${end}`, `${start}/:namespace/:name/:uid${end}`];
}

/** Throws ApiFailure. */
export function kubeletPod({ params }: Asked, { objects }: Pick<ApiPorts, 'objects'>): JsonObject {
  const { namespace = '', name = '', uid } = params;
  const pod = objects.get('pods', namespace, name);
  if (pod === undefined) throw new ApiFailure('NotFound', 'pod does not exist');
  if (uid !== undefined && uid !== uidOf(pod)) throw new ApiFailure('NotFound', 'pod not found');
  return pod;
}

/** A container of whatever kind, with its entry of the spec. Throws ApiFailure. */
export function kubeletContainer(
  asked: Asked,
  ports: Pick<ApiPorts, 'objects'>,
): { readonly ref: ContainerRef; readonly spec: JsonObject } {
  const { container = '' } = asked.params;
  const pod = kubeletPod(asked, ports);
  const spec = containerNamed(pod, container);
  if (spec !== undefined) return { ref: { podUid: uidOf(pod), container }, spec };
  throw new ApiFailure('NotFound', `container not found (${JSON.stringify(container)})`);
}

/** The entry of a container in its pod's spec. */
export function containerNamed(pod: JsonObject, name: string): JsonObject | undefined {
  return ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap((list) => listAt(objectAt(pod, 'spec'), list))
    .filter(isJsonObject)
    .find((container) => textAt(container, 'name') === name);
}

/** `?input=1&output=1&error=1&tty=1` (kubelet: pkg/kubelet/cri/streaming/remotecommand NewOptions). Throws ApiFailure where there is none. */
export function kubeletFlags(query: URLSearchParams, tty = isSet(query, 'tty')): StreamFlags {
  return someStreams({
    stdin: isSet(query, 'input'),
    stdout: isSet(query, 'output'),
    stderr: isSet(query, 'error'),
    tty,
  });
}

/** The kubelet takes `1` alone; `true` is what who types it by hand would think. */
function isSet(query: URLSearchParams, name: string): boolean {
  return ['1', 'true'].includes(query.get(name) ?? '');
}
