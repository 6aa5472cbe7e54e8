import type { UsedObjects } from '../pod/index.ts';
import type { Subject } from './subject.ts';

/** Digest of what a container takes from ConfigMaps and Secrets by env, envFrom and subPath; '' where it takes nothing. */
export function configDigest(_subject: Subject, _uses: UsedObjects): string {
  return '';
}
