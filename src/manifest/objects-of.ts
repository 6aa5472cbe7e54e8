import type { ObjectMeta, Pod, SideObject } from '../pod/index.ts';
import type { ManifestFile, ParsedObject } from './types.ts';

/** The pods of a file, in its order; none where it was refused. */
export function podsOf(file: ManifestFile): readonly Pod[] {
  if (file.state === 'refused') return [];
  return file.objects.flatMap((found) => (found.kind === 'Pod' ? [found.pod] : []));
}

/** The objects beside pods of a file, in its order; none where it was refused. */
export function sideObjectsOf(file: ManifestFile): readonly SideObject[] {
  if (file.state === 'refused') return [];
  return file.objects.flatMap((found) => (found.kind === 'Pod' ? [] : [found.object]));
}

export function metadataOf(found: ParsedObject): ObjectMeta {
  return found.kind === 'Pod' ? found.pod.metadata : found.object.metadata;
}

/** `namespace/name`, or the name alone where there is no namespace: what two objects of one kind may not share. */
export function fullNameOf(found: ParsedObject): string {
  const { namespace, name } = metadataOf(found);
  return namespace === '' ? name : `${namespace}/${name}`;
}
