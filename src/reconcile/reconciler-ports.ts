import type { Clock, Logger, Random } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { NodeProbe, PodCgroups } from '../host/index.ts';
import type { NodeCredentials, PullClaims } from '../images/index.ts';
import type { RunHook } from '../lifecycle/index.ts';
import type { PodLogs } from '../logs/index.ts';
import type { ManifestSnapshot } from '../manifest/index.ts';
import type { WorkObserver } from '../metrics/index.ts';
import type { OwnerId, TellEvent } from '../pod/index.ts';
import type { RunProbe } from '../probes/index.ts';
import type { ObjectRecords, PodRecords } from '../state/index.ts';
import type { PodVolumes } from '../volumes/index.ts';

/** What the loop stands on. */
export interface ReconcilerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly cri: Cri;
  readonly manifests: { load(): Promise<ManifestSnapshot> };
  readonly records: PodRecords;
  readonly objectRecords: ObjectRecords;
  readonly logs: PodLogs;
  readonly volumes: PodVolumes;
  readonly cgroups: PodCgroups;
  readonly node: NodeProbe;
  readonly runProbe: RunProbe;
  readonly runHook: RunHook;
  /** Hears what happens to pods. */
  readonly tell?: TellEvent;
  /** Hears what the loop does. */
  readonly observer?: WorkObserver;
  /** The machine's own registry credentials, if it has any. */
  readonly credentials?: NodeCredentials;
  /** Where it is noted what was pulled; nowhere if absent. */
  readonly claims?: PullClaims;
}

export interface ReconcilerOptions {
  /** This daemon's id, which its new sandboxes carry. */
  readonly owner: OwnerId;
  /** Ids whose sandboxes it has taken over. */
  readonly adopted: readonly OwnerId[];
  readonly intervalMs: number;
  readonly logDir: string;
  /** Where the pods' volumes lie. */
  readonly rootDir: string;
  readonly nodeName: string;
  readonly version: string;
  /** How many sandboxes and containers are made or started at once: more would only slow each other down. */
  readonly maxParallelStarts?: number;
  readonly maxParallelPulls?: number;
  /** The longest CrashLoopBackOff, where a pod does not ask for another; the kubelet's 5 minutes by default. */
  readonly crashLoopMaxMs?: number;
  /** Sources of manifests, directories or URLs, whose pods are another's to look after: nothing is done for them or to them. */
  readonly leavesAlone?: (source: string) => boolean;
}
