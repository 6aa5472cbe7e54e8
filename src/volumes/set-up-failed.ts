/** How the kubelet reports that a volume cannot be made. */
export function setUpFailed(volume: string, why: string): string {
  return `MountVolume.SetUp failed for volume "${volume}" : ${why}`;
}
