import { isJsonObject, type JsonObject, type JsonValue, objectAt } from '../../base/index.ts';
import { jsonTextResponse } from '../message.ts';
import { listText } from '../object-text.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

export interface ShownPods {
  /** Without what authors write into manifests and should not: whoever reads this has shown no token. */
  readonly masked: boolean;
}

const MASK = '(masked)';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/** `/pods`: every pod with its status, as the kubelet shows them (kubelet: server.go getPods). */
export function kubeletPodsRoutes(
  { objects }: Pick<ApiPorts, 'objects'>,
  { masked }: ShownPods = { masked: false },
): readonly Route[] {
  const handle: Route['handle'] = () => {
    const { items } = objects.list('pods');
    const list = { kind: 'PodList', apiVersion: 'v1', metadata: {} };
    return jsonTextResponse(200, listText(list, masked ? items.map(maskPod) : items));
  };
  return ['/pods', '/pods/'].map((path) => ({ path, methods: ['GET'], handle }));
}

/** A copy without literal values of variables, and without the copy of the whole that kubectl leaves in an annotation. */
function maskPod(pod: JsonObject): JsonObject {
  const [metadata, spec] = [objectAt(pod, 'metadata'), objectAt(pod, 'spec')];
  return {
    ...pod,
    ...(Object.hasOwn(pod, 'metadata') && {
      metadata: changed(metadata, ['annotations'], (annotations) =>
        changed(annotations, [LAST_APPLIED], () => MASK),
      ),
    }),
    ...(Object.hasOwn(pod, 'spec') && {
      spec: changed(spec, CONTAINER_LISTS, (list) => eachOf(list, maskContainer)),
    }),
  };
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];

/** Values of variables, and of the headers of probes and hooks, which may be credentials. */
function maskContainer(container: JsonValue): JsonValue {
  const masked = changed(container, ['env'], maskValues);
  return changed(changed(masked, PROBES, maskHeaders), ['lifecycle'], (lifecycle) =>
    changed(lifecycle, HOOKS, maskHeaders),
  );
}

function maskHeaders(handler: JsonValue): JsonValue {
  return changed(handler, ['httpGet'], (get) => changed(get, ['httpHeaders'], maskValues));
}

function maskValues(named: JsonValue): JsonValue {
  return eachOf(named, (each) => changed(each, ['value'], () => MASK));
}

/** A copy of an object whose members of these names, as far as they are there, are replaced; anything else as it is. */
function changed(
  object: JsonValue,
  names: readonly string[],
  change: (member: JsonValue) => JsonValue,
): JsonValue {
  if (!isJsonObject(object)) return object;
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [
      name,
      member !== undefined && names.includes(name) ? change(member) : member,
    ]),
  );
}

function eachOf(list: JsonValue, change: (member: JsonValue) => JsonValue): JsonValue {
  return Array.isArray(list) ? list.map(change) : list;
}
