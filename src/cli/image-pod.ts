import type { JsonObject } from '../base/index.ts';
import { annotation } from '../pod/index.ts';

/** One container that is to run once, as a command line asks for it. */
export interface ImageRun {
  readonly image: string;
  /** What stands behind `--`. */
  readonly words: readonly string[];
  /** Whether those are the program itself, in place of the image's. */
  readonly isCommand: boolean;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** One is made up where undefined. */
  readonly name: string | undefined;
  readonly namespace: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Delete the pod when it is over. */
  readonly remove: boolean;
  /** How long it may take until it runs. */
  readonly timeoutMs: number;
}

export const RUN_CONTAINER = 'run';

/** As docker lets a container end; nobody sits before a terminal for longer. */
const GRACE_SECONDS = 10;

/** The pod of such a run. What is to be deleted is marked, so that the daemon does it where its client was killed. */
export function imagePod(run: ImageRun): JsonObject {
  const { image, words, isCommand, env, name, namespace, stdin, tty, remove } = run;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...(name === undefined ? { generateName: 'run-' } : { name }),
      namespace,
      ...(remove && { annotations: { [annotation.oneShot]: 'client' } }),
    },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: GRACE_SECONDS,
      containers: [
        {
          ...{ name: RUN_CONTAINER, image },
          ...(words.length > 0 && { [isCommand ? 'command' : 'args']: [...words] }),
          ...(env.length > 0 && { env: env.map((each) => ({ ...each })) }),
          // Its end is passed on, which only the first one who attaches can.
          ...(stdin && { stdin: true, stdinOnce: true }),
          ...(tty && { tty: true }),
        },
      ],
    },
  };
}
