import { type JsonObject, textAt } from '../base/index.ts';
import { howToChange } from '../manifest/index.ts';
import { type EndingNamespace, LASTING_NAMESPACES } from './namespace-source.ts';
import type { ObjectDefinitions } from './object-definitions.ts';
import type { ObjectReader } from './object-reader.ts';
import { forbidden } from './refusal.ts';
import { type ManifestKind, objectKey } from './resource-kinds.ts';

/** What can be in a namespace and is kept in files, in the order in which it goes: what uses others first. */
const CONTENTS = [
  ['pods', 'Pod'],
  ['persistentvolumeclaims', 'PersistentVolumeClaim'],
  ['secrets', 'Secret'],
  ['configmaps', 'ConfigMap'],
] as const satisfies readonly (readonly [resource: string, kind: ManifestKind])[];

export interface NamespaceEndParts {
  readonly objects: Pick<ObjectReader, 'list'>;
  readonly definitions: Pick<ObjectDefinitions, 'foreignFile'>;
  readonly ending: Map<string, EndingNamespace>;
  readonly nowMs: () => number;
}

export interface NamespaceContent {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * What goes with a namespace. Throws Forbidden where it may not be deleted, and where something in it stands in a file of the user's, which
 * nothing but that file's end can remove.
 */
export function contentsOf(namespace: string, parts: NamespaceEndParts): readonly NamespaceContent[] {
  if (LASTING_NAMESPACES.includes(namespace))
    throw forbidden('namespaces', namespace, 'this namespace may not be deleted');
  return CONTENTS.flatMap(([resource, kind]) =>
    parts.objects.list(resource, namespace).items.map((object) => {
      const name = textAt(object.metadata, 'name');
      const file = parts.definitions.foreignFile(objectKey(kind, namespace, name));
      if (file !== undefined)
        throw forbidden(
          'namespaces',
          namespace,
          `${resource} "${name}" in it is defined by ${file}; ${howToChange(file)}`,
        );
      return { resource, namespace, name };
    }),
  );
}

/** From now on nothing new is made in it, and it is gone with the last pod in it. */
export function beginEnd(shown: JsonObject, { ending, nowMs }: NamespaceEndParts): void {
  const name = textAt(shown.metadata, 'name');
  if (!ending.has(name)) ending.set(name, { sinceMs: nowMs(), object: shown });
}
