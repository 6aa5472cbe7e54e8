/**
 * store: the objects of the node as Kubernetes shows them, with versions and watches, and the files that hold what the API was given.
 * Invariants: what can be read elsewhere is not kept here but looked up; a version is never given twice; a watch neither loses nor
 * repeats a change.
 */

export { AddedContainers, type AddedContainersOptions } from './added-containers.ts';
export { defaultedSpec } from './kinds/pod-defaults.ts';
export {
  type NodeObjects,
  type NodeObjectsOptions,
  type NodeObjectsPorts,
  openNodeObjects,
  prepareObjects,
} from './node-objects.ts';
export { objectsDirectory } from './object-files.ts';
export type { ObjectChange, ObjectList, ObjectReader, ObjectSource, SourceObject } from './object-reader.ts';
export { ObjectStore, type ObjectStoreOptions } from './object-store.ts';
export type { PodView } from './ports.ts';
export { resourceOfKind } from './resource-kinds.ts';
