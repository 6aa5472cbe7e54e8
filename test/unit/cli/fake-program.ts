import { Readable } from 'node:stream';
import { type Clock, systemClock, TinyletError } from '../../../src/base/index.ts';
import { type PodName, type Program, runCli } from '../../../src/cli/index.ts';
import type { NodeClient } from '../../../src/client/index.ts';
import type { ClaimName, DaemonOptions, StopAllOptions } from '../../../src/daemon/index.ts';
import type { ManifestFile } from '../../../src/manifest/index.ts';
import type { EventReport, NodeReport, PodWhy } from '../../../src/status/index.ts';
import type { Terminal } from '../../../src/terminal/index.ts';

/** What the commands called, in order, with what they passed. */
export type Called =
  | { readonly what: 'runDaemon' | 'dryRun' | 'withOwnNode'; readonly options: DaemonOptions }
  | { readonly what: 'once'; readonly options: DaemonOptions; readonly timeoutMs: number }
  | {
      readonly what: 'runOther';
      readonly name: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly what: 'stopAll'; readonly options: StopAllOptions }
  | { readonly what: 'deleteClaim'; readonly rootDir: string; readonly claim: ClaimName }
  | { readonly what: 'readManifests'; readonly files: readonly string[] }
  | { readonly what: 'fetchStatus'; readonly apiSocket: string }
  | { readonly what: 'readKubeconfig'; readonly rootDir: string }
  | {
      readonly what: 'fetchWhy' | 'fetchEvents';
      readonly apiSocket: string;
      readonly pod: PodName | undefined;
    };

export interface World {
  readonly env?: NodeJS.ProcessEnv;
  readonly files?: readonly ManifestFile[];
  readonly report?: NodeReport;
  readonly why?: readonly PodWhy[];
  readonly events?: readonly EventReport[];
  readonly terminal?: boolean;
  readonly client?: (apiSocket: string) => NodeClient;
  /** By file; `-` is stdin. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly clock?: Clock;
  /** Why what a claim holds is not deleted. */
  readonly claimFailure?: Error;
  /** The exit code of whatever runs. */
  readonly exitCode?: number;
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly called: readonly Called[];
}

/** Runs a command line against a program that only remembers what was asked of it. */
export async function tinylet(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const called: Called[] = [];
  const written = { out: '', err: '' };
  const code = await runCli(argv, world.env ?? {}, fakeProgram(world, called, written));
  return { code, ...written, called };
}

/** One that only remembers what was asked of it, and writes here. */
export function fakeProgram(world: World, called: Called[], written: { out: string; err: string }): Program {
  const ran = async (call: Called): Promise<number> => {
    called.push(call);
    return world.exitCode ?? 0;
  };
  return {
    version: '1.2.3',
    stdoutIsTerminal: world.terminal ?? false,
    terminalWidth: world.terminal === true ? 80 : undefined,
    clock: world.clock ?? systemClock,
    nowMs: () => Date.parse('2026-03-01T12:00:00Z'),
    terminal: fakeTerminal(world, written),
    client(apiSocket) {
      if (world.client !== undefined) return world.client(apiSocket);
      throw new TinyletError('DAEMON_UNREACHABLE', `no daemon answers on ${apiSocket}: none was given`);
    },
    untilInterrupted: () => new AbortController().signal,
    runOther: (name, args, env) => ran({ what: 'runOther', name, args, env }),
    readText: async (file) => {
      const text = world.texts?.[file];
      if (text !== undefined) return text;
      throw new TinyletError('USAGE', `${file} cannot be read: there is no such file`);
    },
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    runDaemon: (options) => ran({ what: 'runDaemon', options }),
    dryRun: (options) => ran({ what: 'dryRun', options }),
    once: (options, timeoutMs) => ran({ what: 'once', options, timeoutMs }),
    withOwnNode: async (options, use) => {
      called.push({ what: 'withOwnNode', options });
      return use();
    },
    stopAll: (options) => ran({ what: 'stopAll', options }),
    deleteClaim: async (rootDir, claim) => {
      called.push({ what: 'deleteClaim', rootDir, claim });
      if (world.claimFailure !== undefined) throw world.claimFailure;
    },
    readManifests: async (files) => {
      called.push({ what: 'readManifests', files });
      return world.files ?? [];
    },
    fetchWhy: async (apiSocket, pod) => {
      called.push({ what: 'fetchWhy', apiSocket, pod });
      return world.why;
    },
    fetchEvents: async (apiSocket, pod) => {
      called.push({ what: 'fetchEvents', apiSocket, pod });
      return world.events ?? [];
    },
    readKubeconfig: async (rootDir) => {
      called.push({ what: 'readKubeconfig', rootDir });
      return 'kind: Config\n';
    },
    fetchStatus: async (apiSocket) => {
      called.push({ what: 'fetchStatus', apiSocket });
      if (world.report !== undefined) return world.report;
      throw new TinyletError(
        'DAEMON_UNREACHABLE',
        `no daemon answers on ${apiSocket}: the socket does not exist`,
      );
    },
  };
}

function fakeTerminal(world: World, written: { out: string; err: string }): Terminal {
  const isTerminal = world.terminal ?? false;
  return {
    stdin: Readable.from([world.stdin ?? '']),
    stdinIsTerminal: isTerminal && world.stdin === undefined,
    stderrIsTerminal: isTerminal,
    write: async (to, bytes) => {
      written[to === 'stdout' ? 'out' : 'err'] += Buffer.from(bytes).toString();
    },
    setRaw: () => undefined,
    size: () => (isTerminal ? { columns: 80, rows: 24 } : undefined),
    onResize: () => () => undefined,
  };
}
