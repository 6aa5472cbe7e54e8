import { containerFates } from './fates/container-fates.ts';
import type { Fate, Fates } from './fates/fate.ts';
import { objectFates } from './fates/object-fates.ts';
import { podFates } from './fates/pod-fates.ts';
import { volumeFates } from './fates/volume-fates.ts';
import { fieldsOf, type TypeName } from './known-fields.ts';

/** What is known about one field: the type of its value, as known-fields.ts has it, and what becomes of it. */
export interface KnownField {
  readonly type: string;
  readonly fate: Fate;
}

/** One kind of object in a manifest: the fields it may have. */
export type Shape = ReadonlyMap<string, KnownField>;

/**
 * THE table: the fate of every field. There is no default: the compiler refuses a table without one of the types, or a
 * type without one of its fields.
 */
const fates: Required<Fates> = { ...podFates, ...containerFates, ...volumeFates, ...objectFates };

const shapesByType = new Map<TypeName, Shape>();

const podSpec = shapeOf('V1PodSpec');

/** The shapes by their everyday names; `shapeOf` has all others. */
export const shapes = {
  metadata: shapeOf('V1ObjectMeta'),
  podSpec,
  container: shapeOf('V1Container'),
  containerPort: shapeOf('V1ContainerPort'),
  envVar: shapeOf('V1EnvVar'),
  pod: shapeOf('V1Pod'),
  /** A Pod without its wrapping: the metadata that matters beside the fields of its spec. */
  flatPod: new Map([...[...shapeOf('V1ObjectMeta')].filter(([field]) => isFlatMetadata(field)), ...podSpec]),
  list: shapeOf('V1List'),
  listMetadata: shapeOf('V1ListMeta'),
  configMap: shapeOf('V1ConfigMap'),
  secret: shapeOf('V1Secret'),
  persistentVolumeClaim: shapeOf('V1PersistentVolumeClaim'),
  runtimeClass: shapeOf('V1RuntimeClass'),
  namespace: shapeOf('V1Namespace'),
  overhead: shapeOf('V1Overhead'),
} as const;

/** The fields of a type, e.g. of `V1SecurityContext`, with their fates. Made at first use, since most pods use few. */
export function shapeOf(type: TypeName): Shape {
  let shape = shapesByType.get(type);
  if (shape === undefined) {
    shape = makeShape(type);
    shapesByType.set(type, shape);
  }
  return shape;
}

function makeShape(type: TypeName): Shape {
  const known = fates[type];
  const fateOf = isFate(known) ? () => known : fateByName(type, new Map(Object.entries(known)));
  return new Map(
    fieldsOf(type).map(([field, valueType]) => [field, { type: valueType, fate: fateOf(field) }]),
  );
}

function fateByName(type: TypeName, known: ReadonlyMap<string, Fate>): (field: string) => Fate {
  return (field) => {
    const fate = known.get(field);
    if (fate === undefined) throw new Error(`${type}.${field} has no fate`);
    return fate;
  };
}

function isFate(known: Required<Fates>[TypeName]): known is Fate {
  return 'fate' in known;
}

function isFlatMetadata(field: string): boolean {
  return ['name', 'namespace', 'labels', 'annotations', 'uid'].includes(field);
}
