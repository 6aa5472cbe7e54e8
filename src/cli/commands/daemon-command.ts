import { TinyletError } from '../../base/index.ts';
import type { DaemonOptions, LogFormat, LogLevel } from '../../daemon/index.ts';
import { apiFlags, readApiOptions } from '../api-flags.ts';
import type { Command, CommandCall } from '../command.ts';
import { doorFlags, readDoorOptions } from '../door-flags.ts';
import { type Flag, type FlagReader, switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import { imageFlags, readImageOptions } from '../image-flags.ts';
import { lifeFlags, readLifeOptions } from '../life-flags.ts';
import { logFlags, readLogOptions } from '../log-flags.ts';
import { readUrlOptions, urlFlags } from '../url-flags.ts';
import {
  parseByteCount,
  parseChoice,
  parseDurationMs,
  parsePath,
  parseSysctlPattern,
  socketPathProblem,
} from '../values.ts';

const DEFAULT_INTERVAL_MS = 2000;
const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_MANIFEST_BYTES = 1024 ** 2;
const DAY_MS = 24 * 3_600_000;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const LOG_FORMATS = ['json', 'pretty'] as const;

const intervalFlag: Flag<number> = {
  name: 'interval',
  takes: 'value',
  placeholder: 'TIME',
  help: 'time between two passes over everything; events start one at once',
  fallback: '2s',
  parse: parseDurationMs({ minMs: 100, maxMs: DAY_MS }),
};

export const standaloneFlag = switchFlag(
  'standalone',
  'start and look after a private containerd under the root-dir',
);
const onceFlag = switchFlag(
  'once',
  'end when every container has started or finished, print the result and exit 0; exit 1 where one cannot',
);
const timeoutFlag: Flag<number> = {
  name: 'timeout',
  takes: 'value',
  placeholder: 'TIME',
  help: 'how long --once waits',
  fallback: '2m',
  parse: parseDurationMs({ minMs: 1, maxMs: DAY_MS }),
};
const dryRunFlag = switchFlag('dry-run', 'print what would be done, touch nothing');
const adoptFlag = switchFlag('adopt', 'take over the pods of another tinylet on this runtime');

const maxManifestBytesFlag: Flag<number> = {
  name: 'max-manifest-bytes',
  takes: 'value',
  placeholder: 'SIZE',
  help: 'a manifest file above this is refused unparsed',
  fallback: '1Mi',
  parse: parseByteCount,
};

export const registryAuthFlag: Flag<string> = {
  name: 'registry-auth',
  takes: 'value',
  placeholder: 'FILE',
  help: "registry credentials for every pod, as docker keeps them in config.json; a pod's own imagePullSecrets come first",
  parse: parsePath,
};

const allowedUnsafeSysctlsFlag: Flag<string> = {
  name: 'allowed-unsafe-sysctls',
  takes: 'values',
  placeholder: 'NAME',
  help: 'a sysctl that pods may set beside the safe ones; a * at its end stands for anything; repeatable',
  parse: parseSysctlPattern,
};

const resolvConfFlag: Flag<string> = {
  name: 'resolv-conf',
  takes: 'value',
  placeholder: 'FILE',
  help: "where pods' DNS settings come from (default: the machine's own, past a local stub resolver)",
  parse: parsePath,
};

const logLevelFlag: Flag<LogLevel> = {
  name: 'log-level',
  takes: 'value',
  placeholder: 'LEVEL',
  help: 'debug, info, warn or error',
  fallback: 'info',
  choices: LOG_LEVELS,
  parse: parseChoice(LOG_LEVELS),
};

const logFormatFlag: Flag<LogFormat> = {
  name: 'log-format',
  takes: 'value',
  placeholder: 'FORMAT',
  help: 'json or pretty (default: pretty on a terminal, else json)',
  choices: LOG_FORMATS,
  parse: parseChoice(LOG_FORMATS),
};

export const daemonCommand: Command = {
  name: undefined,
  summary: 'run the daemon: keep the pods of the manifests running',
  flags: [
    shared.socketFlag,
    shared.manifestsFlag,
    intervalFlag,
    shared.rootDirFlag,
    shared.logDirFlag,
    shared.apiSocketFlag,
    ...apiFlags,
    ...doorFlags,
    shared.nodeNameFlag,
    standaloneFlag,
    onceFlag,
    timeoutFlag,
    dryRunFlag,
    adoptFlag,
    maxManifestBytesFlag,
    ...urlFlags,
    registryAuthFlag,
    ...imageFlags,
    ...lifeFlags,
    ...logFlags,
    allowedUnsafeSysctlsFlag,
    resolvConfFlag,
    shared.runtimeRootFlag,
    logLevelFlag,
    logFormatFlag,
  ],
  run,
};

async function run(call: CommandCall): Promise<number> {
  const { flags, program } = call;
  const options = daemonOptions(call);
  const once = flags.read(onceFlag) ?? false;
  const dryRun = flags.read(dryRunFlag) ?? false;
  const timeoutMs = flags.read(timeoutFlag);
  if (once && dryRun) {
    throw new TinyletError(
      'USAGE',
      `${flags.nameOf(onceFlag)} and ${flags.nameOf(dryRunFlag)} exclude each other`,
    );
  }
  // A variable may stand in a unit file for every run; only the flag is a contradiction.
  if (flags.onCommandLine(timeoutFlag) && !once) {
    throw new TinyletError('USAGE', '--timeout means nothing without --once');
  }
  for (const { variable, meant } of flags.suspiciousVariables(daemonCommand.flags)) {
    program.err(`tinylet: warning: ${variable} is not a setting; did you mean ${meant}?\n`);
  }
  if (once) return program.once(options, timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return dryRun ? program.dryRun(options) : program.runDaemon(options);
}

/** Throws USAGE. */
export function daemonOptions({ flags, program }: Pick<CommandCall, 'flags' | 'program'>): DaemonOptions {
  const rootDir = shared.readRootDir(flags);
  const standalone = flags.read(standaloneFlag) ?? false;
  const registryAuth = flags.read(registryAuthFlag);
  const runtimeRoot = flags.read(shared.runtimeRootFlag);
  const resolvConf = flags.read(resolvConfFlag);
  return {
    socketPath: readSocket(flags, rootDir, standalone),
    manifestDirs: [...new Set(shared.readManifestDirs(flags))],
    ...readUrlOptions(flags),
    intervalMs: flags.read(intervalFlag) ?? DEFAULT_INTERVAL_MS,
    rootDir,
    logDir: shared.readLogDir(flags),
    apiSocket: shared.readApiSocket(flags),
    ...readApiOptions(flags),
    ...readDoorOptions(flags),
    nodeName: shared.readNodeName(flags),
    standalone,
    adopt: flags.read(adoptFlag) ?? false,
    maxManifestBytes: flags.read(maxManifestBytesFlag) ?? DEFAULT_MAX_MANIFEST_BYTES,
    ...(registryAuth !== undefined && { registryAuth }),
    ...readImageOptions(flags, { standalone }),
    ...readLifeOptions(flags),
    ...readLogOptions(flags, shared.readLogDir(flags)),
    ...(runtimeRoot !== undefined && { runtimeRoot }),
    ...(resolvConf !== undefined && { resolvConf }),
    allowedUnsafeSysctls: flags.readAll(allowedUnsafeSysctlsFlag) ?? [],
    logLevel: flags.read(logLevelFlag) ?? 'info',
    logFormat: flags.read(logFormatFlag) ?? (program.stdoutIsTerminal ? 'pretty' : 'json'),
  };
}

function readSocket(flags: FlagReader, rootDir: string, standalone: boolean): string {
  const given = flags.read(shared.socketFlag);
  if (given !== undefined) return given;
  const path = shared.defaultSocket(rootDir, standalone);
  const problem = socketPathProblem(path);
  if (problem !== undefined) {
    throw new TinyletError(
      'USAGE',
      `"${path}" under ${flags.nameOf(shared.rootDirFlag)} ${problem}; give --socket`,
    );
  }
  return path;
}
