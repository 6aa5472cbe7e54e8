import { type JsonObject, objectAt } from '../base/index.ts';
import type { Namespace } from '../pod/index.ts';
import { timestamp } from '../status/index.ts';
import { LEASE_NAMESPACE } from './kinds/lease-object.ts';
import { sideObject } from './kinds/side-object.ts';
import type { ObjectFiles } from './object-files.ts';
import type { ObjectSource, SourceObject } from './object-reader.ts';
import type { NodeState } from './ports.ts';
import { objectKey } from './resource-kinds.ts';
import type { WrittenObjects } from './written-objects.ts';

/** Those that are there whatever becomes of them (kube-apiserver's system namespaces, as far as something here is in them). */
export const LASTING_NAMESPACES: readonly string[] = ['default', 'kube-system', LEASE_NAMESPACE];

/** A namespace whose deletion has begun, as it was shown last: it goes with its own file and the last pod in it. */
export interface EndingNamespace {
  readonly sinceMs: number;
  readonly object: JsonObject;
}

export interface NamespaceSourceParts {
  readonly state: Pick<NodeState, 'pods' | 'objects'>;
  readonly written: WrittenObjects;
  readonly files: Pick<ObjectFiles, 'isOwn'>;
  readonly nowMs: () => number;
  readonly nodeCreatedAtMs: number;
  /** By name. */
  readonly ending: Map<string, EndingNamespace>;
}

/** Namespaces: those that were made, those that something is in, and the lasting ones. */
export function namespaceSource(parts: NamespaceSourceParts): ObjectSource {
  return { resource: 'namespaces', objects: () => namespaces(parts) };
}

function* namespaces(parts: NamespaceSourceParts): Generator<SourceObject> {
  const { nodeCreatedAtMs: createdAtMs, ending } = parts;
  const made = madeNamespaces(parts);
  const inUse = namesInUse(parts);
  for (const name of ending.keys()) if (hasEnded(made.get(name), inUse.has(name))) ending.delete(name);
  for (const name of new Set([...made.keys(), ...LASTING_NAMESPACES, ...inUse])) {
    const end = ending.get(name);
    if (end === undefined) yield made.get(name) ?? implied(name, createdAtMs);
    else yield { namespace: '', name, basis: [end], make: () => terminating(end) };
  }
}

interface MadeNamespace extends SourceObject {
  readonly isOwn: boolean;
}

/** Its own file goes last. One in a file of the user's was put there since: it is another one. */
function hasEnded(made: MadeNamespace | undefined, isInUse: boolean): boolean {
  return made === undefined ? !isInUse : !made.isOwn;
}

function madeNamespaces({
  state,
  written,
  files,
  nowMs,
}: NamespaceSourceParts): ReadonlyMap<string, MadeNamespace> {
  const made = new Map<string, MadeNamespace>();
  const latest = written.ofKind('Namespace');
  for (const [key, { object, file, createdAtMs = nowMs() }] of state.objects())
    if (object.kind === 'Namespace' && !latest.has(key))
      made.set(object.metadata.name, shown(object, { isOwn: files.isOwn(key, file), createdAtMs }));
  for (const each of latest.values())
    if (each !== 'deleted' && each.kind === 'Namespace' && each.object.kind === 'Namespace')
      made.set(each.object.metadata.name, shown(each.object, { isOwn: true, createdAtMs: nowMs() }));
  return made;
}

function namesInUse({ state, written }: NamespaceSourceParts): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { namespace, name, record } of state.pods()) {
    const isGone = record === undefined && written.get(objectKey('Pod', namespace, name)) === 'deleted';
    if (!isGone) names.add(namespace);
  }
  for (const [key, { object }] of state.objects())
    if (object.metadata.namespace !== '' && written.get(key) !== 'deleted')
      names.add(object.metadata.namespace);
  return names;
}

/** One that nobody has made. */
function implied(name: string, createdAtMs: number): SourceObject {
  const metadata = { name, namespace: '', labels: {}, annotations: {} };
  return {
    namespace: '',
    name,
    basis: [name],
    make: () => sideObject({ kind: 'Namespace', metadata }, { isOwn: false, createdAtMs }),
  };
}

function shown(
  object: Namespace,
  origin: { readonly isOwn: boolean; readonly createdAtMs: number },
): MadeNamespace {
  const { name } = object.metadata;
  const { isOwn } = origin;
  return { namespace: '', name, isOwn, basis: [object, isOwn], make: () => sideObject(object, origin) };
}

function terminating({ sinceMs, object }: EndingNamespace): JsonObject {
  const metadata = { ...objectAt(object, 'metadata'), deletionTimestamp: timestamp(sinceMs) };
  return { ...object, metadata, status: { phase: 'Terminating' } };
}
