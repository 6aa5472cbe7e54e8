import type { DaemonOptions } from '../daemon/index.ts';
import type { Flag, FlagReader } from './flag.ts';
import { DEFAULT_LOG_DIR, logDirFlag } from './flags.ts';
import { parseOffOrPath, parseSignedByteCount, parseWholeNumber } from './values.ts';

/** Flags about the containers' logs, with the kubelet's defaults. */

const DEFAULT_MAX_BYTES = 10 * 1024 ** 2;
const DEFAULT_MAX_FILES = 5;
/** Where log shippers look. */
const DEFAULT_LINKS = '/var/log/containers';

const maxSizeFlag: Flag<number> = {
  name: 'container-log-max-size',
  takes: 'value',
  placeholder: 'SIZE',
  help: "size at which a running container's log is rotated, looked at every 10s; 0 for never",
  fallback: '10Mi',
  parse: parseSignedByteCount,
};

const maxFilesFlag: Flag<number> = {
  name: 'container-log-max-files',
  takes: 'value',
  placeholder: 'NUMBER',
  help: 'how many files of one container instance are kept, at least 2',
  fallback: String(DEFAULT_MAX_FILES),
  parse: parseWholeNumber({ min: 2, max: 1000 }),
};

/** Also for who removes what the links lead to. */
export const logLinksFlag: Flag<string> = {
  name: 'container-log-links',
  takes: 'value',
  placeholder: 'DIR',
  help: `where links <pod>_<namespace>_<container>-<id>.log are kept for log shippers; off for nowhere (default: ${DEFAULT_LINKS} where --${logDirFlag.name} is ${DEFAULT_LOG_DIR}, else nowhere)`,
  parse: parseOffOrPath,
};

export const logFlags: readonly Flag<unknown>[] = [maxSizeFlag, maxFilesFlag, logLinksFlag];

export function readLogOptions(
  flags: FlagReader,
  logDir: string,
): Pick<DaemonOptions, 'logRotation' | 'logLinks'> {
  return {
    logRotation: {
      maxBytes: flags.read(maxSizeFlag) ?? DEFAULT_MAX_BYTES,
      maxFiles: flags.read(maxFilesFlag) ?? DEFAULT_MAX_FILES,
    },
    ...readLogLinks(flags, logDir),
  };
}

export function readLogLinks(flags: FlagReader, logDir: string): Pick<DaemonOptions, 'logLinks'> {
  const logLinks = flags.read(logLinksFlag) ?? (logDir === DEFAULT_LOG_DIR ? DEFAULT_LINKS : '');
  return logLinks === '' ? {} : { logLinks };
}
