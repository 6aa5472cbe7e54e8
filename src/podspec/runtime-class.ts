import type { Pod, UsedObjects } from '../pod/index.ts';

/** The runtime's handler for a pod: its RuntimeClass', else the name of the class itself; '' is the default one. */
export function runtimeHandler({ spec }: Pod, { runtimeClass }: UsedObjects): string {
  return runtimeClass?.handler ?? spec.runtimeClassName ?? '';
}
