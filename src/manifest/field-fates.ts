import { podspecFields } from './podspec-fields.generated.ts';

/**
 * What becomes of a known field. Later fates (a field that has no meaning on one machine, one that is refused for good)
 * join this union; every reader ends in a switch over it.
 */
export type Fate =
  /** Read and obeyed. */
  | 'honoured'
  /** Written by an API server into what it returns: accepted, noted, without effect. */
  | 'server-filled'
  /** Part of core/v1, and not done yet: an error where it has a value. */
  | 'not-yet';

/** One kind of object in a manifest: the fields it may have. */
export type Shape = ReadonlyMap<string, Fate>;

type TypeName = keyof typeof podspecFields;
type Fates = { readonly [T in TypeName]?: { readonly [F in keyof (typeof podspecFields)[T]]?: Fate } };

/** THE table: every field of core/v1 that is not named here is `not-yet`. The compiler refuses a field core/v1 lacks. */
const fates = {
  V1ObjectMeta: {
    name: 'honoured',
    namespace: 'honoured',
    labels: 'honoured',
    annotations: 'honoured',
    uid: 'honoured',
    // Read only to say that it is no name.
    generateName: 'honoured',
    creationTimestamp: 'server-filled',
    generation: 'server-filled',
    managedFields: 'server-filled',
    ownerReferences: 'server-filled',
    resourceVersion: 'server-filled',
    selfLink: 'server-filled',
  },
  V1PodSpec: {
    containers: 'honoured',
    restartPolicy: 'honoured',
    terminationGracePeriodSeconds: 'honoured',
    hostNetwork: 'honoured',
  },
  V1Container: {
    name: 'honoured',
    image: 'honoured',
    command: 'honoured',
    args: 'honoured',
    workingDir: 'honoured',
    env: 'honoured',
    ports: 'honoured',
    imagePullPolicy: 'honoured',
  },
  V1ContainerPort: {
    name: 'honoured',
    containerPort: 'honoured',
    hostPort: 'honoured',
    hostIP: 'honoured',
    protocol: 'honoured',
  },
  V1EnvVar: { name: 'honoured', value: 'honoured' },
} satisfies Fates;

const metadata = shapeOf('V1ObjectMeta');
const podSpec = shapeOf('V1PodSpec');
const typeMeta = { apiVersion: 'honoured', kind: 'honoured', metadata: 'honoured' } as const;

export const shapes = {
  metadata,
  podSpec,
  container: shapeOf('V1Container'),
  containerPort: shapeOf('V1ContainerPort'),
  envVar: shapeOf('V1EnvVar'),
  pod: shape({ ...typeMeta, spec: 'honoured', status: 'server-filled' }),
  /** A Pod without its wrapping: the metadata that matters beside the fields of its spec. */
  flatPod: new Map([
    ...['name', 'namespace', 'labels', 'annotations', 'uid'].map((field) => [field, 'honoured'] as const),
    ...podSpec,
  ]),
  list: shape({ ...typeMeta, items: 'honoured' }),
  listMetadata: shape({
    continue: 'server-filled',
    remainingItemCount: 'server-filled',
    resourceVersion: 'server-filled',
    selfLink: 'server-filled',
  }),
} as const;

function shapeOf(type: TypeName): Shape {
  const named: Readonly<Record<string, Fate>> = fates[type as keyof typeof fates] ?? {};
  const fields = Object.keys(podspecFields[type]);
  return new Map(fields.map((field) => [field, named[field] ?? 'not-yet']));
}

function shape(fields: Readonly<Record<string, Fate>>): Shape {
  return new Map(Object.entries(fields));
}
