import type { JsonObject } from '../../base/index.ts';
import { annotation } from '../../pod/index.ts';
import { timestamp } from '../../status/index.ts';
import type { RunRequest } from './run-request.ts';

export const RUN_CONTAINER = 'run';

/** Should nobody be left to see to it that the run's own time is over. */
const DEADLINE_MARGIN_SECONDS = 10;
/** What runs for somebody who waits has no time to say goodbye. */
const GRACE_SECONDS = 1;

/** The pod of a run: it runs once, and is marked as one that goes with its request. */
export function runPod(
  request: RunRequest,
  identity: { readonly name: string; readonly uid: string; readonly nowMs: number },
): JsonObject {
  const { image, command, args, env, stdin, namespace, resources, timeoutMs } = request;
  const { name, uid, nowMs } = identity;
  const mark = { [annotation.oneShot]: 'request' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace, uid, creationTimestamp: timestamp(nowMs), generation: 1 },
      // By the label people and selectors find them.
      ...{ labels: mark, annotations: mark },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + DEADLINE_MARGIN_SECONDS,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      containers: [
        {
          ...{ name: RUN_CONTAINER, image },
          ...(command.length > 0 && { command }),
          ...(args.length > 0 && { args }),
          ...(env.length > 0 && { env }),
          ...(resources && { resources }),
          ...(stdin !== undefined && { stdin: true, stdinOnce: true }),
        },
      ],
    },
  };
}
