import { chmod, type FileHandle, lstat, mkdir, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { entryPath, errnoOf, type Logger, messageOf, openDirectory, selfPath } from '../base/index.ts';
import type { LogDirectories } from './log-directories.ts';
import { attemptOf, currentLog } from './log-names.ts';
import type { ContainerLog } from './ports.ts';

export interface LogLinksPorts {
  /** Where the links are; made with the first of them. */
  readonly linksDir: string;
  /** The root of all logs. */
  readonly logDir: string;
  readonly directories: Pick<LogDirectories, 'all'>;
  readonly logger: Logger;
}

const SUFFIX = '.log';
/** The longest file name. */
const NAME_BYTES = 255;

/** The name of the link to a container's log, cut to what a file name may have (kubelet: logSymlink). */
export function linkName({ pod, namespace, container, id }: ContainerLog): string {
  // All of it is ASCII.
  return `${`${pod}_${namespace}_${container}-${id}`.slice(0, NAME_BYTES - SUFFIX.length)}${SUFFIX}`;
}

/**
 * Links in the kubelet's way, for log shippers: `<pod>_<namespace>_<container>-<id>.log` leads to the log of each container. What is
 * there is compared with what should be, so that it makes no difference who made a link. Only links into the root of all logs are
 * ever replaced or removed; and of others' only those whose pod has no logs any more, since a log is missing while it is rotated.
 */
export class LogLinks {
  readonly #ports: LogLinksPorts;
  #complaint = '';

  constructor(ports: LogLinksPorts) {
    this.#ports = ports;
  }

  /** Never rejects. `logs` are all containers of ours that are known. */
  async sync(logs: readonly ContainerLog[]): Promise<void> {
    try {
      const wanted = await wantedLinks(logs);
      const opened = await this.#open(wanted.size > 0);
      if (opened === undefined) return;
      try {
        await this.#change(opened, wanted);
      } finally {
        await opened.close();
      }
      this.#complaint = '';
    } catch (error) {
      const err = messageOf(error);
      if (err !== this.#complaint)
        this.#ports.logger.warn({ file: this.#ports.linksDir, err }, 'links to logs cannot be kept');
      this.#complaint = err;
    }
  }

  async #change(links: FileHandle, wanted: ReadonlyMap<string, string>): Promise<void> {
    const present = await targetsIn(links);
    for (const [name, target] of wanted) {
      const found = present.get(name);
      if (found === target || (found !== undefined && !this.#leadsToLogs(found))) continue;
      // A log that is being rotated keeps its link; one that is not there gets none.
      if (!(await exists(target))) continue;
      if (found !== undefined) await remove(links, name);
      // Whatever else has that name stays.
      await symlink(target, entryPath(links, name)).catch(unlessThere);
    }
    const own = new Set([...(await this.#ports.directories.all()).values()].flat());
    for (const [name, target] of present) {
      if (!wanted.has(name) && this.#leadsToLogs(target) && (await isDead(target, own)))
        await remove(links, name);
    }
  }

  /** Whether it is `<log-dir>/<pod>/<container>/<attempt>.log`. */
  #leadsToLogs(target: string): boolean {
    const directory = dirname(dirname(target));
    return (
      attemptOf(basename(target)) !== undefined &&
      dirname(directory) === this.#ports.logDir &&
      target.split('/').every((part) => part !== '..' && part !== '.')
    );
  }

  async #open(make: boolean): Promise<FileHandle | undefined> {
    const { linksDir } = this.#ports;
    // What is made here is for others to read, whatever this process' umask is.
    if (make && (await mkdir(linksDir, { recursive: true })) !== undefined) await chmod(linksDir, 0o755);
    try {
      return await openDirectory(`${linksDir}/.`);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** By name: of containers that run or have a log. Where names are cut to the same, the newest wins. */
async function wantedLinks(logs: readonly ContainerLog[]): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, string>();
  const ordered = [...logs].sort(
    (a, b) => Number(a.running) - Number(b.running) || a.attempt - b.attempt || (a.id < b.id ? -1 : 1),
  );
  for (const log of ordered) {
    const target = join(log.directory, log.container, currentLog(log.attempt));
    if (log.running || (await exists(target))) wanted.set(linkName(log), target);
  }
  return wanted;
}

/** The links that could be to logs, and where they lead. */
async function targetsIn(links: FileHandle): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  for (const entry of await readdir(selfPath(links), { withFileTypes: true })) {
    if (!entry.isSymbolicLink() || !entry.name.endsWith(SUFFIX)) continue;
    const target = await readlink(entryPath(links, entry.name)).catch(() => undefined);
    if (target !== undefined) targets.set(entry.name, target);
  }
  return targets;
}

async function isDead(target: string, own: ReadonlySet<string>): Promise<boolean> {
  if (await exists(target)) return false;
  const directory = dirname(dirname(target));
  return own.has(directory) || !(await exists(directory));
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    // What cannot be looked at may be there.
    return errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR';
  }
}

async function remove(links: FileHandle, name: string): Promise<void> {
  await unlink(entryPath(links, name)).catch((error) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
}

function unlessThere(error: unknown): void {
  if (errnoOf(error) !== 'EEXIST') throw error;
}
