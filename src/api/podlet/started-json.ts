import { isJsonObject, type JsonObject, objectAt, textAt } from '../../base/index.ts';
import type { PodVersions } from '../ports.ts';
import type { StartedPod } from './await-pods.ts';
import type { StartedContainer } from './pod-start.ts';

/** What docker says of a time that was not. */
const NEVER = '0001-01-01T00:00:00Z';

/** The containers of pods, each with the members that `docker inspect` has, and which pod it is of. */
export function startedJson(
  pods: readonly StartedPod[],
  { createdAtMs }: Pick<PodVersions, 'createdAtMs'>,
): readonly JsonObject[] {
  return pods.flatMap(({ wanted: { name }, containers }) =>
    containers.map((container) => ({
      Id: container.id,
      Name: container.name,
      Created: createdOf(container, createdAtMs(container.id)),
      State: stateJson(container.state),
      Pod: name.name,
      Namespace: name.namespace,
      Image: container.image,
    })),
  );
}

function createdOf({ state }: StartedContainer, createdAtMs: number | undefined): string {
  if (createdAtMs !== undefined) return new Date(createdAtMs).toISOString();
  const { running, terminated } = state;
  return textAt(running, 'startedAt') || textAt(terminated, 'startedAt') || NEVER;
}

function stateJson(state: JsonObject): JsonObject {
  const { running } = state;
  if (isJsonObject(running)) {
    const StartedAt = textAt(running, 'startedAt') || NEVER;
    return { Status: 'running', Running: true, ExitCode: 0, StartedAt, FinishedAt: NEVER, Error: '' };
  }
  const terminated = objectAt(state, 'terminated');
  return {
    ...{ Status: 'exited', Running: false, ExitCode: terminated.exitCode ?? 0 },
    StartedAt: textAt(terminated, 'startedAt') || NEVER,
    FinishedAt: textAt(terminated, 'finishedAt') || NEVER,
    Error: textAt(terminated, 'message'),
  };
}
