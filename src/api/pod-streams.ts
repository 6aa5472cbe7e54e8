import { ApiFailure } from '../apimachinery/index.ts';
import { type JsonObject, objectAt, textAt } from '../base/index.ts';
import type { StreamFlags } from '../cri/index.ts';
import type { ApiRequest } from './message.ts';
import { containerOf } from './pod-container.ts';
import type { ApiPorts, ContainerRef } from './ports.ts';

type Asked = Pick<ApiRequest, 'params' | 'query'>;

/** The pod whose streams are asked for. Throws ApiFailure NotFound. */
export function podAsked({ params }: Asked, { objects }: Pick<ApiPorts, 'objects'>): JsonObject {
  const { namespace = '', name = '' } = params;
  const pod = objects.get('pods', namespace, name);
  if (pod !== undefined) return pod;
  throw new ApiFailure('NotFound', `pods "${name}" not found`, { name, kind: 'pods' });
}

export function uidOf(pod: JsonObject): string {
  return textAt(objectAt(pod, 'metadata'), 'uid');
}

/** The container whose streams are asked for. `act` is kubectl's verb: `exec into`, `attach`. Throws ApiFailure. */
export function containerAsked(asked: Asked, ports: Pick<ApiPorts, 'objects'>, act: string): ContainerRef {
  const pod = podAsked(asked, ports);
  const phase = textAt(objectAt(pod, 'status'), 'phase');
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new ApiFailure(
      'BadRequest',
      `cannot ${act} a container in a completed pod; current phase is ${phase}`,
    );
  return { podUid: uidOf(pod), container: containerOf(pod, asked.query.get('container') ?? '') };
}

/** Which streams of it. Throws ApiFailure where there are none. */
export function flagsAsked({ query }: Asked): StreamFlags {
  return someStreams({
    stdin: isSet(query, 'stdin'),
    stdout: isSet(query, 'stdout'),
    stderr: isSet(query, 'stderr'),
    tty: isSet(query, 'tty'),
  });
}

/** As the runtime can be asked for them. Throws ApiFailure where there are none (kubelet: pkg/kubelet/cri/streaming/remotecommand NewOptions). */
export function someStreams(wanted: StreamFlags): StreamFlags {
  // A terminal has but one output.
  const flags = { ...wanted, stderr: wanted.stderr && !wanted.tty };
  if (flags.stdin || flags.stdout || flags.stderr) return flags;
  throw new ApiFailure('BadRequest', 'you must specify at least 1 of stdin, stdout, stderr');
}

/** As Kubernetes reads a boolean of a query (apimachinery: pkg/runtime/conversion.go): `?stdin` is true. */
function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

/** What a request gets that did not ask for another protocol. */
export function upgradeRequired(): never {
  throw new ApiFailure('BadRequest', 'Upgrade request required');
}
