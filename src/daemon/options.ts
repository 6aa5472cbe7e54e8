import type { Clock, Logger, Random } from '../base/index.ts';
import type { ImageGcSettings } from '../images/index.ts';
import type { RotationLimits } from '../logs/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'json' | 'pretty';

/** Manifests that are fetched. */
export interface UrlSourceOptions {
  /** In the order they were given. With none, what was kept of former ones is forgotten. */
  readonly urls: readonly string[];
  readonly intervalMs: number;
  /** Sent with every request: names and values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Holds a bearer token; read anew each time. */
  readonly tokenFile?: string;
  /** An answer without objects removes what an earlier one brought. */
  readonly allowEmpty: boolean;
}

/** What the daemon was asked to be. All paths are absolute. */
export interface DaemonOptions {
  /** The runtime's socket; with `standalone` the one the private containerd listens on. */
  readonly socketPath: string;
  /** In the order they were given. */
  readonly manifestDirs: readonly string[];
  /** Manifests from elsewhere; none, if absent, and what was kept of them is left alone. */
  readonly urlSource?: UrlSourceOptions;
  readonly intervalMs: number;
  readonly rootDir: string;
  readonly logDir: string;
  readonly apiSocket: string;
  /** Where the API listens over TCP; nowhere, if absent. Port 0 is any that is free. */
  readonly apiAddress?: { readonly host: string; readonly port: number };
  /** Further names and addresses under which clients reach it. */
  readonly apiNames: readonly string[];
  /** A port of the loopback addresses on which some of it can be read without a token; none, if absent. */
  readonly readOnlyPort?: number;
  /** Where whoever can reach it may start pods, in the clear; nowhere, if absent. A loopback address. */
  readonly insecureHttpAddress?: { readonly host: string; readonly port: number };
  /** How many runs to completion there may be at once. */
  readonly maxRuns: number;
  readonly nodeName: string;
  /** Sees to what was made through the API and nothing else: a command's own node, which is no daemon. */
  readonly onlyObjects?: boolean;
  readonly standalone: boolean;
  /** Take over pods that carry another tinylet's owner id. */
  readonly adopt: boolean;
  /** A manifest file above this is refused unparsed. */
  readonly maxManifestBytes: number;
  /** A file of registry credentials, as docker keeps them. */
  readonly registryAuth?: string;
  readonly maxParallelPulls: number;
  /** When images are removed; never, if absent. */
  readonly imageGc?: ImageGcSettings;
  /** The longest CrashLoopBackOff, 1 s to 5 min. */
  readonly crashLoopMaxMs: number;
  /** Stop the pods when told to end, and for how long that may take; leave them running, if absent. */
  readonly shutdownPods?: { readonly gracePeriodMs: number };
  /** How long after its end a pod that was made through the API is deleted; never, if absent. */
  readonly terminatedPodRetentionMs?: number;
  /** When the logs of running containers are rotated, and what is kept of them. */
  readonly logRotation: RotationLimits;
  /** Where links to the containers' logs are kept; nowhere, if absent. */
  readonly logLinks?: string;
  /** Where the runtime's root is seen from here, if it is not this process' own: `/proc/<pid>/root`. */
  readonly runtimeRoot?: string;
  /** Where names are looked up; by default the machine's own way. */
  readonly resolvConf?: string;
  /** Names, or prefixes ending in `*`. */
  readonly allowedUnsafeSysctls: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** What a daemon stands on. */
export interface NodePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly version: string;
}
