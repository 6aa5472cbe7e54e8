import { ApiFailure } from '../apimachinery/index.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../base/index.ts';

/** Reasons of waiting that are told in other words. */
const IMAGE_TROUBLE: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

/**
 * The id of the instance whose log is meant, as the pod's status has it: what runs, else what ended last; with `previous` the one before.
 * Throws ApiFailure BadRequest where there is none (kubelet: validateContainerLogStatus).
 */
export function loggedInstance(
  pod: JsonObject,
  { container, previous }: { readonly container: string; readonly previous: boolean },
): string {
  const status = statusOf(pod, container);
  const of = `${JSON.stringify(container)} in pod ${JSON.stringify(textAt(objectAt(pod, 'metadata'), 'name'))}`;
  if (status === undefined) throw refuse(`container ${of} is not available`);
  const { waiting, running, terminated } = objectAt(status, 'state');
  const last = objectAt(status, 'lastState').terminated;
  const [lastId, endedId] = [idIn(last), idIn(terminated)];
  if (previous) return lastId ?? fail(`previous terminated container ${of} not found`);
  if (running !== undefined) return idIn(status) ?? fail(`container ${of} is not available`);
  if (terminated !== undefined) return endedId ?? lastId ?? fail(`container ${of} is terminated`);
  if (last !== undefined) return lastId ?? fail(`container ${of} is terminated`);
  const reason = textAt(waiting, 'reason');
  const isWaiting = isJsonObject(waiting);
  throw refuse(
    `container ${of} is waiting to start${isWaiting ? `: ${IMAGE_TROUBLE[reason] ?? reason}` : ' - no logs yet'}`,
  );
}

function statusOf(pod: JsonObject, container: string): JsonObject | undefined {
  const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
  return lists
    .flatMap((list) => listAt(objectAt(pod, 'status'), list))
    .filter(isJsonObject)
    .find((status) => textAt(status, 'name') === container);
}

/** `containerd://<id>` without the runtime's name; undefined where there is none. */
function idIn(state: JsonObject[string]): string | undefined {
  const id = textAt(state, 'containerID').replace(/^.*:\/\//, '');
  return id === '' ? undefined : id;
}

function refuse(why: string): ApiFailure {
  return new ApiFailure('BadRequest', why);
}

function fail(why: string): never {
  throw refuse(why);
}
