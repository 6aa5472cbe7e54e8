import { accessSync, constants } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TinyletError } from '../base/index.ts';

/** What a private containerd needs of this machine, found once per start. */
export interface Host {
  readonly containerd: string;
  readonly ctr: string;
  /** The search path for containerd and everything it starts. */
  readonly path: string;
  readonly cniBinDir: string;
  readonly mayLowerOomScore: boolean;
}

const CNI_BIN_DIRS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const CNI_PLUGINS = ['bridge', 'host-local', 'loopback', 'portmap'];
/** A daemon started by a plain user's shell may lack these, and runc and iptables live there. */
const SYSTEM_DIRS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const PACKAGE_OF: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
};
const CAP_SYS_RESOURCE = 24n;
const OVERLAYFS_MAGIC = 0x794c7630;

/** Why a private containerd cannot be had on this machine, or undefined when it can. One sentence. */
export function standaloneUnavailable(binDir?: string): string | undefined {
  if (process.platform !== 'linux') return 'a private containerd needs Linux';
  if (process.getuid?.() !== 0) return 'a private containerd needs root';
  const missing = missingPrograms(searchPath(binDir));
  if (missing.names.length === 0) return undefined;
  return `${missing.names.join(', ')} not found; Debian packages: ${missing.packages.join(' ')}`;
}

/** Fails with STANDALONE_FAILED, naming everything that is missing at once. */
export async function inspectHost(binDir?: string): Promise<Host> {
  const reason = standaloneUnavailable(binDir);
  if (reason !== undefined) throw new TinyletError('STANDALONE_FAILED', reason);
  const path = searchPath(binDir);
  const status = await readFile('/proc/self/status', 'utf8');
  return {
    containerd: findProgram('containerd', path) ?? 'containerd',
    ctr: findProgram('ctr', path) ?? 'ctr',
    path,
    cniBinDir: findCniBinDir() ?? CNI_BIN_DIRS[0] ?? '',
    mayLowerOomScore: hasCapability(status, CAP_SYS_RESOURCE),
  };
}

/** Whether a process with this /proc/<pid>/status has the capability of that number in effect. */
export function hasCapability(status: string, capability: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
}

export async function isOnOverlay(directory: string): Promise<boolean> {
  return (await statfs(directory)).type === OVERLAYFS_MAGIC;
}

function missingPrograms(path: string): { names: string[]; packages: string[] } {
  const names = Object.keys(PACKAGE_OF).filter((name) => findProgram(name, path) === undefined);
  const packages = names.map((name) => PACKAGE_OF[name] ?? name);
  if (findCniBinDir() === undefined) {
    names.push(`the CNI plugins ${CNI_PLUGINS.join(', ')} (looked in ${CNI_BIN_DIRS.join(', ')})`);
    packages.push('containernetworking-plugins');
  }
  return { names, packages: [...new Set(packages)] };
}

function findCniBinDir(): string | undefined {
  return CNI_BIN_DIRS.find((dir) => CNI_PLUGINS.every((plugin) => isExecutable(join(dir, plugin))));
}

/** The inherited search path with what it may lack: `binDir` in front, the system's directories behind. */
export function searchPath(binDir?: string): string {
  const inherited = (process.env.PATH ?? '').split(delimiter);
  return [...new Set([...(binDir === undefined ? [] : [binDir]), ...inherited, ...SYSTEM_DIRS])]
    .filter((dir) => dir !== '')
    .join(delimiter);
}

function findProgram(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
