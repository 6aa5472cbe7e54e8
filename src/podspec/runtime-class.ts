import type { Pod, ResourceList, UsedObjects } from '../pod/index.ts';

/** The runtime's handler for a pod: its RuntimeClass', else the name of the class itself; '' is the default one. */
export function runtimeHandler({ spec }: Pod, { runtimeClass }: UsedObjects): string {
  return runtimeClass?.handler ?? spec.runtimeClassName ?? '';
}

/** What running the pod costs beside its containers: the class says so where the pod does not. */
export function overheadOf({ spec }: Pod, { runtimeClass }: UsedObjects): ResourceList | undefined {
  return spec.overhead ?? runtimeClass?.overhead;
}
