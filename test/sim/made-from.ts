import {
  annotation,
  type ConfigMap,
  type Container,
  type Pod,
  type Secret,
  type Volume,
} from '../../src/pod/index.ts';

/** ConfigMaps and Secrets by `<kind>/<name>`; all of one namespace. */
export type Objects = ReadonlyMap<string, SimObject>;
export type SimObject = ConfigMap | Secret;

export function objectKey({ kind, metadata }: SimObject): string {
  return `${kind}/${metadata.name}`;
}

/** Whether its containers are restarted when what they were made from changes. */
export function follows({ metadata }: Pod): boolean {
  return metadata.annotations[annotation.restartOnConfigChange] === 'true';
}

interface Reference {
  readonly key: string;
  readonly optional: boolean;
}

/** All objects that a pod names. */
export function referencesIn({ spec }: Pod): readonly Reference[] {
  return [...spec.containers.flatMap(inContainer), ...(spec.volumes ?? []).flatMap(inVolume)];
}

/** Whether everything is there that a pod names, optional or not. */
export function isComplete(pod: Pod, objects: Objects): boolean {
  return referencesIn(pod).every(({ key }) => objects.has(key));
}

/** Whether something is missing that the volumes of a pod cannot be made without. */
export function lacksForVolumes({ spec }: Pod, objects: Objects): boolean {
  return (spec.volumes ?? []).flatMap(inVolume).some((each) => isLacking(each, objects));
}

/** Whether something is missing that a container cannot be made without. */
export function lacks(container: Container, objects: Objects): boolean {
  return inContainer(container).some((each) => isLacking(each, objects));
}

/** The variables that a container has from objects. */
export function variablesFrom(container: Container, objects: Objects): ReadonlyMap<string, string> {
  const found = container.env.flatMap(({ name, valueFrom }) => {
    if (valueFrom?.kind !== 'configMapKeyRef' && valueFrom?.kind !== 'secretKeyRef') return [];
    const object = objects.get(keyOf(valueFrom.kind, valueFrom.name));
    const text = object && textIn(object, valueFrom.key);
    return text === undefined ? [] : [[name, text] as const];
  });
  return new Map(found);
}

/** Whether two instances of a container have the same from objects. */
export function isSameFor(
  { env }: Container,
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): boolean {
  return env.every(({ name, valueFrom }) => valueFrom === undefined || a.get(name) === b.get(name));
}

/** The files of a volume as text in base64, by path; undefined where it is no volume of files. */
export function filesFrom({ source }: Volume, objects: Objects): ReadonlyMap<string, string> | undefined {
  if (source.kind === 'configMap' || source.kind === 'secret') return filesOf(source, objects);
  if (source.kind !== 'projected') return undefined;
  const parts = source.sources.map((part) =>
    part.kind === 'downwardAPI' ? new Map() : filesOf(part, objects),
  );
  return new Map(parts.flatMap((part) => [...part]));
}

function filesOf(
  { kind, name }: { readonly kind: 'configMap' | 'secret'; readonly name: string },
  objects: Objects,
): ReadonlyMap<string, string> {
  const object = objects.get(keyOf(kind, name));
  const keys = [...(object?.data.keys() ?? [])];
  return new Map(
    keys.map((key) => [
      key,
      Buffer.from(object === undefined ? '' : (textIn(object, key) ?? '')).toString('base64'),
    ]),
  );
}

function textIn(object: SimObject, key: string): string | undefined {
  const value = object.data.get(key);
  return object.kind === 'ConfigMap' || value === undefined ? value : Buffer.from(value, 'base64').toString();
}

function inContainer({ env }: Container): Reference[] {
  return env.flatMap(({ valueFrom }) =>
    valueFrom?.kind === 'configMapKeyRef' || valueFrom?.kind === 'secretKeyRef'
      ? [{ key: keyOf(valueFrom.kind, valueFrom.name), optional: valueFrom.optional === true }]
      : [],
  );
}

function inVolume({ source }: Volume): Reference[] {
  if (source.kind === 'projected')
    return source.sources.flatMap((part) => (part.kind === 'downwardAPI' ? [] : [referenceOf(part)]));
  return source.kind === 'configMap' || source.kind === 'secret' ? [referenceOf(source)] : [];
}

function referenceOf(source: { kind: 'configMap' | 'secret'; name: string; optional?: boolean }): Reference {
  return { key: keyOf(source.kind, source.name), optional: source.optional === true };
}

function isLacking({ key, optional }: Reference, objects: Objects): boolean {
  return !optional && !objects.has(key);
}

function keyOf(kind: string, name: string): string {
  return `${kind.startsWith('configMap') ? 'ConfigMap' : 'Secret'}/${name}`;
}
