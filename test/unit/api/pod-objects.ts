import type { ApiPorts } from '../../../src/api/index.ts';
import { type JsonObject, objectAt, textAt } from '../../../src/base/index.ts';

/** Objects that can only be got: these pods, by their names. */
export function podObjects(...pods: readonly JsonObject[]): ApiPorts['objects'] {
  const nameOf = (pod: JsonObject): string => {
    const metadata = objectAt(pod, 'metadata');
    return `pods/${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
  };
  return {
    version: 1,
    list: () => ({ version: 1, items: [] }),
    get: (resource, namespace, name) =>
      pods.find((pod) => nameOf(pod) === `${resource}/${namespace}/${name}`),
    watch: () => false,
  };
}
