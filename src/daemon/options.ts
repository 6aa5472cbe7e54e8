import type { Clock, Logger, Random } from '../base/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'json' | 'pretty';

/** What the daemon was asked to be. All paths are absolute. */
export interface DaemonOptions {
  /** The runtime's socket; with `standalone` the one the private containerd listens on. */
  readonly socketPath: string;
  /** In the order they were given. */
  readonly manifestDirs: readonly string[];
  readonly intervalMs: number;
  readonly rootDir: string;
  readonly logDir: string;
  readonly apiSocket: string;
  readonly nodeName: string;
  readonly standalone: boolean;
  /** Take over pods that carry another tinylet's owner id. */
  readonly adopt: boolean;
  /** A manifest file above this is refused unparsed. */
  readonly maxManifestBytes: number;
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
