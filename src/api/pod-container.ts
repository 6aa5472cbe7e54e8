import { ApiFailure } from '../apimachinery/index.ts';
import { type JsonObject, listAt, objectAt, textAt } from '../base/index.ts';

/** Which one kubectl takes where nobody names any (kubectl: pkg/cmd/util/podcmd). */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/**
 * The container of a pod that a request is about: the one it names, else the one the pod names as its default, else its only one. Throws
 * ApiFailure BadRequest (kubernetes: pkg/registry/core/pod, validateContainer).
 */
export function containerOf(pod: JsonObject, named: string): string {
  const name = textAt(objectAt(pod, 'metadata'), 'name');
  const regular = namesIn(pod, 'containers');
  const init = namesIn(pod, 'initContainers');
  const ephemeral = namesIn(pod, 'ephemeralContainers');
  const all = [...regular, ...init, ...ephemeral];
  if (named !== '') {
    if (all.includes(named)) return named;
    throw new ApiFailure('BadRequest', `container ${named} is not valid for pod ${name}`);
  }
  const chosen = textAt(objectAt(objectAt(pod, 'metadata'), 'annotations'), DEFAULT_CONTAINER);
  if (all.includes(chosen)) return chosen;
  const [first, second] = regular;
  if (first !== undefined && second === undefined) return first;
  const others = [
    init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`,
    ephemeral.length === 0 ? '' : ` or one of the ephemeral containers: [${ephemeral.join(' ')}]`,
  ];
  throw new ApiFailure(
    'BadRequest',
    `a container name must be specified for pod ${name}, choose one of: [${regular.join(' ')}]${others.join('')}`,
  );
}

function namesIn(pod: JsonObject, list: string): readonly string[] {
  return listAt(objectAt(pod, 'spec'), list).map((container) => textAt(container, 'name'));
}
