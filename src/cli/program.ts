import type { Clock } from '../base/index.ts';
import type { NodeClient } from '../client/index.ts';
import type { ClaimName, DaemonOptions, StopAllOptions } from '../daemon/index.ts';
import type { ManifestFile } from '../manifest/index.ts';
import type { EventReport, NodeReport, PodWhy } from '../status/index.ts';
import type { Terminal } from '../terminal/index.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** What the commands need of the world; main.ts has the real one. Every number resolved is an exit code. */
export interface Program {
  readonly version: string;
  readonly stdoutIsTerminal: boolean;
  /** Columns of the terminal, where stdout is one. */
  readonly terminalWidth: number | undefined;
  /** For what is waited for. */
  readonly clock: Clock;
  /** The wall clock, in epoch milliseconds. */
  nowMs(): number;
  /** Writes to stdout as it is: the text brings its own line ends. */
  out(text: string): void;
  /** The same for stderr. */
  err(text: string): void;

  readonly terminal: Terminal;
  /** The API of the daemon behind a socket. Connects when it is asked something. */
  client(apiSocket: string): NodeClient;
  /**
   * Aborted at the first SIGINT, SIGTERM or SIGHUP from now on, which then does not end the program; a second one does. Its reason is the
   * name of the signal.
   */
  untilInterrupted(): AbortSignal;
  /** Another program in the place of this one: with its streams, and with `env` beside its environment. Rejects with USAGE where there is none of that name. */
  runOther(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
  /** A text that was read from a file, or from stdin for `-`. Rejects with USAGE where it cannot be read. */
  readText(file: string): Promise<string>;

  /** Runs until a signal ends it. */
  runDaemon(options: DaemonOptions): Promise<number>;
  /** Prints the plan and touches nothing. */
  dryRun(options: DaemonOptions): Promise<number>;
  /** Runs until every container has started or finished, prints the result: 0; 1 where one cannot, or after `timeoutMs`. */
  once(options: DaemonOptions, timeoutMs: number): Promise<number>;
  stopAll(options: StopAllOptions): Promise<number>;
  /**
   * A node in this process while `use` is under way: its API answers on the socket of the options, and it sees to what was made through
   * that. What runs then goes on. Rejects with ROOT_DIR_LOCKED where a daemon holds the root directory.
   */
  withOwnNode<T>(options: DaemonOptions, use: () => Promise<T>): Promise<T>;
  /** Rejects with CLAIM while a pod uses the claim, or where there is none. */
  deleteClaim(rootDir: string, claim: ClaimName): Promise<void>;
  /** Reads manifests; `-` is stdin, a directory stands for its manifest files. What cannot be read is a refused file. */
  readManifests(files: readonly string[]): Promise<readonly ManifestFile[]>;
  /** Rejects with DAEMON_UNREACHABLE, whose message says what is wrong with the socket. */
  fetchStatus(apiSocket: string): Promise<NodeReport>;
  /** Undefined where the daemon knows no such pod. Rejects as `fetchStatus` does. */
  fetchWhy(apiSocket: string, pod: PodName): Promise<readonly PodWhy[] | undefined>;
  /** What the daemon of that root directory wrote. Rejects with STATE_IO where there is none. */
  readKubeconfig(rootDir: string): Promise<string>;
  /** Of one pod, or of all. Rejects as `fetchStatus` does. */
  fetchEvents(apiSocket: string, pod?: PodName): Promise<readonly EventReport[]>;
}
