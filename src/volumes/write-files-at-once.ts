import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../base/index.ts';
import { readableByGroup, searchableByGroup } from './set-group.ts';
import type { VolumeFile } from './volume-setup.ts';

/** Leads to the version that is seen. */
const DATA = '..data';
const NEXT_DATA = '..data_tmp';
const DIRECTORY_MODE = 0o755;

export interface WriteOptions {
  /** Owns all of it, and may read it; root's own group where it is absent. */
  readonly group: number | undefined;
  readonly nowMs: number;
}

/**
 * Makes a directory show exactly these files, the old ones or the new ones and never some of each (kubelet: AtomicWriter). They lie in
 * a directory named after the time; the link `..data` leads there, and each name in the directory is a link through it. A crash at any
 * instant leaves one whole version, and the next call clears up. Nothing is written where content, modes and owners are so already.
 *
 * `directory` is written by nobody else. Throws on paths that leave it.
 */
export async function writeFilesAtOnce(
  directory: string,
  files: readonly VolumeFile[],
  options: WriteOptions,
): Promise<void> {
  for (const { path } of files) refuseStray(path);
  const wanted = files.map((file) => inGroup(file, options.group));
  await ownDirectory(directory, options.group);
  const current = await readlink(join(directory, DATA)).catch(nothing);
  const version =
    current !== undefined && (await holds(join(directory, current), wanted, options.group))
      ? current
      : await writeVersion(directory, wanted, options);
  await showNames(directory, wanted, version);
}

/** No path of a volume is longer (kubelet: validatePath). */
const LONGEST_PATH = 4096;
const LONGEST_NAME = 255;

/** Paths were checked when the manifest was read; here they meet the disk. */
function refuseStray(path: string): void {
  const parts = path.split('/');
  const stray = parts.some(
    (part) => part === '' || part === '.' || part === '..' || part.length > LONGEST_NAME,
  );
  if (stray || path.startsWith('..') || path.length > LONGEST_PATH) throw new Error(`invalid path: ${path}`);
}

interface WantedFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

function inGroup({ path, mode, base64 }: VolumeFile, group: number | undefined): WantedFile {
  const content = Buffer.from(base64, 'base64');
  return { path, mode: group === undefined ? mode : readableByGroup(mode), content };
}

/** The volume itself, whose group and bits follow its pod's. */
async function ownDirectory(directory: string, group: number | undefined): Promise<void> {
  const { mode, gid } = await lstat(directory);
  if (group === undefined || (gid === group && (mode & 0o2000) !== 0)) return;
  await chown(directory, -1, group);
  await chmod(directory, searchableByGroup(mode & 0o7777));
}

/** Whether a version is exactly what is wanted. */
async function holds(
  version: string,
  wanted: readonly WantedFile[],
  group: number | undefined,
): Promise<boolean> {
  const found = await filesIn(version).catch(nothing);
  if (found?.length !== wanted.length) return false;
  for (const file of wanted) {
    const path = join(version, file.path);
    const status = await lstat(path).catch(nothing);
    if (status?.isFile() !== true || (status.mode & 0o7777) !== file.mode || status.gid !== (group ?? 0))
      return false;
    if (!(await readFile(path)).equals(file.content)) return false;
  }
  return true;
}

async function filesIn(version: string): Promise<readonly string[]> {
  const entries = await readdir(version, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** Writes a version beside the one that is seen, then swaps them. Returns its name. */
async function writeVersion(
  directory: string,
  wanted: readonly WantedFile[],
  { group, nowMs }: WriteOptions,
): Promise<string> {
  const version = await mkdtemp(join(directory, `..${timeName(nowMs)}.`));
  const next = join(directory, NEXT_DATA);
  try {
    await finishDirectory(version, group);
    for (const file of wanted) await writeOne(version, file, group);
    await rm(next, { force: true });
    await symlink(basename(version), next);
    await rename(next, join(directory, DATA));
  } catch (error) {
    await rm(version, { recursive: true, force: true });
    throw error;
  }
  return basename(version);
}

async function writeOne(version: string, file: WantedFile, group: number | undefined): Promise<void> {
  await makeParents(version, dirname(file.path), group);
  const path = join(version, file.path);
  await writeFile(path, file.content, { flag: 'wx', mode: 0o600 });
  await chown(path, 0, group ?? 0);
  await chmod(path, file.mode);
}

async function makeParents(version: string, path: string, group: number | undefined): Promise<void> {
  if (path === '.') return;
  await makeParents(version, dirname(path), group);
  const full = join(version, path);
  try {
    await mkdir(full);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return;
    throw error;
  }
  await finishDirectory(full, group);
}

/** Says its owner even without a group: a volume that had one hands it down. */
async function finishDirectory(path: string, group: number | undefined): Promise<void> {
  await chown(path, 0, group ?? 0);
  await chmod(path, group === undefined ? DIRECTORY_MODE : searchableByGroup(DIRECTORY_MODE));
}

/** `2026_01_31_23_59_58`. */
function timeName(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '_');
}

/** Makes the names that lead to the files, and deletes all that is of another version. */
async function showNames(directory: string, wanted: readonly WantedFile[], version: string): Promise<void> {
  const names = new Set(wanted.map(({ path }) => path.split('/')[0] ?? path));
  const kept = new Set([DATA, version]);
  for (const name of names) {
    const link = join(directory, name);
    const leads = await readlink(link).catch(nothing);
    if (leads !== `${DATA}/${name}`) {
      await rm(link, { recursive: true, force: true });
      await symlink(`${DATA}/${name}`, link);
    }
    kept.add(name);
  }
  for (const name of await readdir(directory)) {
    if (!kept.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

function nothing(): undefined {
  return undefined;
}
