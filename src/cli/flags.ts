import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Flag, type FlagReader, switchFlag } from './flag.ts';
import {
  type ManifestSource,
  parseManifestSource,
  parseNamespace,
  parseNodeName,
  parsePath,
  parseRuntimeRoot,
  parseSocketPath,
  separateManifestSources,
} from './values.ts';

/** Flags that more than one command takes, with their defaults. */

const DEFAULT_SOCKET = '/run/containerd/containerd.sock';
const DEFAULT_MANIFESTS = '/etc/tinylet/manifests';
const DEFAULT_ROOT_DIR = '/var/lib/tinylet';
export const DEFAULT_LOG_DIR = '/var/log/pods';
const DEFAULT_API_SOCKET = '/run/tinylet/tinylet.sock';

export const socketFlag: Flag<string> = {
  name: 'socket',
  takes: 'value',
  placeholder: 'PATH',
  help: 'socket of the container runtime, a path or unix:// URL; with --standalone the private one, in ROOT-DIR/containerd',
  fallback: DEFAULT_SOCKET,
  parse: parseSocketPath,
};

export const manifestsFlag: Flag<ManifestSource> = {
  name: 'manifests',
  takes: 'values',
  placeholder: 'DIR',
  help: 'directory of manifests to watch, or a URL to fetch them from; repeatable, in the variable separated by colons',
  fallback: DEFAULT_MANIFESTS,
  separate: separateManifestSources,
  parse: parseManifestSource,
};

export const rootDirFlag: Flag<string> = {
  name: 'root-dir',
  takes: 'value',
  placeholder: 'DIR',
  help: 'what tinylet keeps: its identity, the last good manifests, a private containerd',
  fallback: DEFAULT_ROOT_DIR,
  parse: parsePath,
};

export const logDirFlag: Flag<string> = {
  name: 'log-dir',
  takes: 'value',
  placeholder: 'DIR',
  help: 'where containers log, laid out as the kubelet does',
  fallback: DEFAULT_LOG_DIR,
  parse: parsePath,
};

export const apiSocketFlag: Flag<string> = {
  name: 'api-socket',
  takes: 'value',
  placeholder: 'PATH',
  help: "the daemon's own HTTP socket",
  fallback: DEFAULT_API_SOCKET,
  parse: parseSocketPath,
};

export const nodeNameFlag: Flag<string> = {
  name: 'node-name',
  takes: 'value',
  placeholder: 'NAME',
  help: "name of this node (default: the host's name)",
  parse: parseNodeName,
};

export const runtimeRootFlag: Flag<string> = {
  name: 'runtime-root',
  takes: 'value',
  placeholder: 'DIR',
  help: "the runtime's root directory as seen from here, /proc/PID/root, where it has mounts of its own",
  parse: parseRuntimeRoot,
};

/** Of what has none in its own text; what is left out means something else to some commands, which read it themselves. */
export const namespaceFlag: Flag<string> = {
  name: 'namespace',
  short: 'n',
  takes: 'value',
  placeholder: 'NAME',
  help: 'the namespace',
  fallback: 'default',
  parse: parseNamespace,
};

export const allNamespacesFlag = switchFlag('all-namespaces', 'those of all namespaces', {
  short: 'A',
  occasional: true,
});

/** What is wrong with a name beside `-A`. */
export const NAME_IN_ALL = 'a name is one in a namespace: give -n instead of -A';

export const selectorFlag: Flag<string> = {
  name: 'selector',
  short: 'l',
  takes: 'values',
  occasional: true,
  placeholder: 'LABELS',
  help: 'only those with these labels: app=web,tier!=back,zone in (a,b),!old',
  parse: (text) => text,
};

export const fieldSelectorFlag: Flag<string> = {
  name: 'field-selector',
  takes: 'values',
  occasional: true,
  placeholder: 'FIELDS',
  help: 'only those with these fields: status.phase=Running,spec.nodeName!=edge',
  parse: (text) => text,
};

export const fileFlag: Flag<string> = {
  name: 'filename',
  short: 'f',
  takes: 'values',
  occasional: true,
  placeholder: 'FILE',
  help: 'a manifest, a directory of them, or - for standard input; repeatable',
  parse: (text) => text,
};

export const watchFlag = switchFlag('watch', 'go on, and tell every change as it comes', {
  short: 'w',
  occasional: true,
});

/** Where the runtime listens when nobody says otherwise. */
export function defaultSocket(rootDir: string, standalone: boolean): string {
  return standalone ? join(rootDir, 'containerd', 'containerd.sock') : DEFAULT_SOCKET;
}

/** None where only URLs are given. */
export const readManifestDirs = (flags: FlagReader): readonly string[] =>
  readSources(flags).flatMap((source) => ('directory' in source ? source.directory : []));
export const readManifestUrls = (flags: FlagReader): readonly string[] =>
  readSources(flags).flatMap((source) => ('url' in source ? source.url : []));
const readSources = (flags: FlagReader): readonly ManifestSource[] =>
  flags.readAll(manifestsFlag) ?? [{ directory: DEFAULT_MANIFESTS }];
export const readRootDir = (flags: FlagReader): string => flags.read(rootDirFlag) ?? DEFAULT_ROOT_DIR;
export const readLogDir = (flags: FlagReader): string => flags.read(logDirFlag) ?? DEFAULT_LOG_DIR;
export const readNamespace = (flags: FlagReader): string => flags.read(namespaceFlag) ?? 'default';
/** Undefined for all of them. */
export const readNamespaces = (flags: FlagReader): string | undefined =>
  flags.read(allNamespacesFlag) === true ? undefined : readNamespace(flags);
/** All of them at once, as the API wants it in `labelSelector`. */
export const readSelector = (flags: FlagReader): string | undefined => flags.readAll(selectorFlag)?.join(',');
export const readFieldSelector = (flags: FlagReader): string | undefined =>
  flags.readAll(fieldSelectorFlag)?.join(',');
export const readApiSocket = (flags: FlagReader): string => flags.read(apiSocketFlag) ?? DEFAULT_API_SOCKET;

/** Trimmed and in lower case as the kubelet has it; a host may be called what no flag would be allowed to say. */
export const readNodeName = (flags: FlagReader): string =>
  flags.read(nodeNameFlag) ?? hostname().trim().toLowerCase();
