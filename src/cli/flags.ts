import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Flag, FlagReader } from './flag.ts';
import { parseManifestDir, parseNodeName, parsePath, parseRuntimeRoot, parseSocketPath } from './values.ts';

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

export const manifestsFlag: Flag<string> = {
  name: 'manifests',
  takes: 'values',
  placeholder: 'DIR',
  help: 'directory of manifests to watch; repeatable, in the variable separated by colons',
  fallback: DEFAULT_MANIFESTS,
  parse: parseManifestDir,
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

/** Where the runtime listens when nobody says otherwise. */
export function defaultSocket(rootDir: string, standalone: boolean): string {
  return standalone ? join(rootDir, 'containerd', 'containerd.sock') : DEFAULT_SOCKET;
}

export const readManifestDirs = (flags: FlagReader): readonly string[] =>
  flags.readAll(manifestsFlag) ?? [DEFAULT_MANIFESTS];
export const readRootDir = (flags: FlagReader): string => flags.read(rootDirFlag) ?? DEFAULT_ROOT_DIR;
export const readLogDir = (flags: FlagReader): string => flags.read(logDirFlag) ?? DEFAULT_LOG_DIR;
export const readApiSocket = (flags: FlagReader): string => flags.read(apiSocketFlag) ?? DEFAULT_API_SOCKET;

/** Trimmed and in lower case as the kubelet has it; a host may be called what no flag would be allowed to say. */
export const readNodeName = (flags: FlagReader): string =>
  flags.read(nodeNameFlag) ?? hostname().trim().toLowerCase();
