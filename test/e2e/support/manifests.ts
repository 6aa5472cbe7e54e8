import { stringify } from 'yaml';

/** A pod in the words of the flat form; the v1 form is made of the same. */
export interface PodSketch {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly terminationGracePeriodSeconds?: number;
  readonly hostNetwork?: boolean;
  readonly containers: readonly ContainerSketch[];
}

export interface ContainerSketch {
  readonly name: string;
  readonly image?: string;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
}

export const HTTP_IMAGE = 'tinylet.local/http:1';

/** Serves a page that says `<greeting> from pod <name>`, and ends at once on SIGTERM. */
export function web(greeting: string, hostPort?: number): ContainerSketch {
  return {
    name: 'web',
    env: [{ name: 'GREETING', value: greeting }],
    ports: [{ containerPort: 8080, ...(hostPort !== undefined && { hostPort }) }],
  };
}

/** Does nothing, and ends at once on SIGTERM. */
export function idle(name: string, note = ''): ContainerSketch {
  return {
    name,
    command: ['/bin/catatonit', '--', '/bin/sleep', '100000'],
    env: [{ name: 'NOTE', value: note }],
  };
}

/** Ends only by SIGKILL. */
export function stubborn(name: string): ContainerSketch {
  return shell(name, 'trap "" TERM; echo deaf; while :; do sleep 1; done');
}

export function shell(name: string, script: string): ContainerSketch {
  return { name, command: ['/bin/sh', '-c', script] };
}

/** The flat form. Pods of tests need not wait long for their end. */
export function flat(pod: PodSketch): string {
  return stringify({ terminationGracePeriodSeconds: 2, ...pod, containers: withImages(pod) });
}

/** The same as a v1 Pod, in YAML. */
export function v1(pod: PodSketch): string {
  return stringify(v1Object(pod));
}

/** The same as a v1 Pod, in JSON. */
export function v1Json(pod: PodSketch): string {
  return JSON.stringify(v1Object(pod));
}

function v1Object({ name, namespace, uid, labels, annotations, ...spec }: PodSketch): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ...(uid && { uid }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec: { terminationGracePeriodSeconds: 2, ...spec, containers: withImages(spec) },
  };
}

function withImages({ containers }: Pick<PodSketch, 'containers'>): readonly object[] {
  return containers.map((container) => ({ image: HTTP_IMAGE, ...container }));
}
