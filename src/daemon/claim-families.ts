import type { Family } from '../metrics/index.ts';
import type { ClaimDirectory, FileSystemSpace } from '../volumes/index.ts';

export interface ClaimSpace extends Pick<ClaimDirectory, 'namespace' | 'name'> {
  readonly space: FileSystemSpace;
}

const GAUGES: readonly (readonly [name: string, help: string, value: (space: FileSystemSpace) => number])[] =
  [
    ['capacity_bytes', 'Size of the file system that the claim lies on.', (space) => space.capacityBytes],
    ['available_bytes', 'What of it is left to those who are not root.', (space) => space.availableBytes],
    ['used_bytes', 'What of it is taken, by whomever.', (space) => space.usedBytes],
    ['inodes', 'Files that it can hold; 0 without a limit.', (space) => space.inodes],
    ['inodes_free', 'Files that it can still take.', (space) => space.inodesFree],
    ['inodes_used', 'Files that it holds, of whomever.', (space) => space.inodes - space.inodesFree],
  ];

/** The room of claims, as the kubelet tells it of local volumes: of the whole file system (kubelet: volume_stats.go, NewMetricsStatFS). */
export function claimFamilies(claims: readonly ClaimSpace[]): readonly Family[] {
  return GAUGES.map(([name, help, value]) => ({
    ...{ name: `kubelet_volume_stats_${name}`, help, type: 'gauge' },
    labels: ['namespace', 'persistentvolumeclaim'],
    samples: claims.map(({ namespace, name: persistentvolumeclaim, space }) => ({
      labels: { namespace, persistentvolumeclaim },
      value: value(space),
    })),
  }));
}
