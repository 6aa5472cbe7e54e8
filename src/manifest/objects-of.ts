import type { Pod, SideObject } from '../pod/index.ts';
import type { ManifestFile } from './types.ts';

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
