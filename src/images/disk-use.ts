/** Of a file system: all of it, and what is left to those who are not root. */
export interface DiskSpace {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

/**
 * What has to go so that the disk is used to `lowPercent`; undefined below `highPercent`. Whole percents, rounded up, as the kubelet
 * counts them (image_gc_manager.go: GarbageCollect); 100 for the high one switches it off.
 */
export function bytesToFree(
  { capacityBytes, availableBytes }: DiskSpace,
  { highPercent, lowPercent }: { readonly highPercent: number; readonly lowPercent: number },
): number | undefined {
  if (highPercent === 100) return undefined;
  const available = Math.min(availableBytes, capacityBytes);
  const usedPercent = 100 - Math.floor((available * 100) / capacityBytes);
  if (usedPercent < highPercent) return undefined;
  return Math.max(0, Math.floor((capacityBytes * (100 - lowPercent)) / 100) - available);
}
