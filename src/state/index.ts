/**
 * state: the small files under the root directory: who owns it, which process holds it, and one record for each pod. Every
 * file is replaced whole, so a crash leaves the old one or the new one.
 */

export { fileImageRecords, type ImageRecord, type ImageRecords } from './image-records.ts';
export { lenientPodRecords } from './lenient-pod-records.ts';
export { type LockHolder, lockRootDir, type RootLock, readLockHolder } from './lock.ts';
export { fileObjectRecords, type ObjectRecord, type ObjectRecords } from './object-records.ts';
export { ensureOwnership, type Ownership, readOwnership, writeOwnership } from './owner.ts';
export {
  filePodRecords,
  type GivenCondition,
  isOnRecord,
  type PodEnd,
  type PodRecord,
  type PodRecords,
  type RejectedVersion,
  type RestartingAll,
  type StartRecord,
  type StopRecord,
  sweepPodRecords,
} from './pod-records.ts';
