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

export type TypeName = keyof typeof podspecFields;
type Fates = { readonly [T in TypeName]?: { readonly [F in keyof (typeof podspecFields)[T]]?: Fate } };

/** The table of what is not honoured. The compiler refuses a field core/v1 lacks. */
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
    ephemeralContainers: 'not-yet',
    initContainers: 'not-yet',
    readinessGates: 'not-yet',
    resourceClaims: 'not-yet',
    schedulingGates: 'not-yet',
  },
  V1Container: {
    livenessProbe: 'not-yet',
    readinessProbe: 'not-yet',
    startupProbe: 'not-yet',
    lifecycle: 'not-yet',
    restartPolicy: 'not-yet',
    restartPolicyRules: 'not-yet',
    resizePolicy: 'not-yet',
    volumeDevices: 'not-yet',
  },
} satisfies Fates;

const memo = new Map<TypeName, Shape>();

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
  configMap: shape({ ...typeMeta, data: 'honoured', binaryData: 'honoured', immutable: 'honoured' }),
  secret: shape({
    ...typeMeta,
    data: 'honoured',
    stringData: 'honoured',
    type: 'honoured',
    immutable: 'honoured',
  }),
  persistentVolumeClaim: shape({ ...typeMeta, spec: 'honoured', status: 'server-filled' }),
  runtimeClass: shape({
    ...typeMeta,
    handler: 'honoured',
    overhead: 'honoured',
    scheduling: 'server-filled',
  }),
  overhead: shape({ podFixed: 'honoured' }),
} as const;

/** The fields of a type of core/v1, e.g. `V1SecurityContext`. */
export function shapeOf(type: TypeName): Shape {
  let known = memo.get(type);
  if (known === undefined) {
    const named: Readonly<Record<string, Fate>> = fates[type as keyof typeof fates] ?? {};
    known = new Map(Object.keys(podspecFields[type]).map((field) => [field, named[field] ?? 'honoured']));
    memo.set(type, known);
  }
  return known;
}

function shape(fields: Readonly<Record<string, Fate>>): Shape {
  return new Map(Object.entries(fields));
}
