import type { SideObject } from '../pod/index.ts';
import { sideObject } from './kinds/side-object.ts';
import type { ObjectFiles } from './object-files.ts';
import type { ObjectSource, SourceObject } from './object-reader.ts';
import type { NodeState } from './ports.ts';
import { kindOfResource } from './resource-kinds.ts';
import type { WrittenObjects } from './written-objects.ts';

export interface SideSourceParts {
  readonly state: Pick<NodeState, 'objects'>;
  readonly written: WrittenObjects;
  readonly files: Pick<ObjectFiles, 'isOwn'>;
  readonly nowMs: () => number;
  /** For what is on record from before times were. */
  readonly nodeCreatedAtMs: number;
}

export type SideResource = 'configmaps' | 'secrets' | 'persistentvolumeclaims' | 'runtimeclasses';

/** The objects of one kind that are in force, and what was written of them a moment ago. */
export function sideSource(resource: SideResource, parts: SideSourceParts): ObjectSource {
  return { resource, objects: () => sideObjects(resource, parts) };
}

function* sideObjects(resource: SideResource, parts: SideSourceParts): Generator<SourceObject> {
  const kind = kindOfResource(resource);
  if (kind === undefined) return;
  const records = parts.state.objects();
  const written = parts.written.ofKind(kind);
  for (const [key, { object, file, createdAtMs }] of records) {
    if (object.kind !== kind || written.has(key)) continue;
    const isOwn = parts.files.isOwn(key, file);
    yield shown(object, { isOwn, createdAtMs: createdAtMs ?? parts.nodeCreatedAtMs });
  }
  for (const latest of written.values())
    if (latest !== 'deleted' && latest.kind !== 'Pod')
      yield shown(latest.object, { isOwn: true, createdAtMs: parts.nowMs() });
}

function shown(
  object: SideObject,
  { isOwn, createdAtMs }: { readonly isOwn: boolean; readonly createdAtMs: number },
): SourceObject {
  const { namespace, name } = object.metadata;
  return {
    namespace,
    name,
    basis: [object, isOwn],
    make: () => sideObject(object, { isOwn, createdAtMs }),
  };
}
