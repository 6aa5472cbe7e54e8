import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type LogFields, silentLogger } from '../../../src/base/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { filePodVolumes, type PodVolumes, type VolumeSetup } from '../../../src/volumes/index.ts';

export const uid = asPodUid('u-1');
/** Mounts and owners are root's affair. */
export const notRoot = process.getuid?.() !== 0;

export interface RealVolumes {
  root: string;
  /** The pod's directory. */
  pod: string;
  volumes: PodVolumes;
  readonly warnings: { fields: LogFields; message: string }[];
}

/** Volumes in a fresh root directory for each test; what it mounts and leaves goes after it. */
export function realVolumes(): RealVolumes {
  const fresh: RealVolumes = { root: '', pod: '', volumes: filePodVolumes(nowhere), warnings: [] };
  beforeEach(() => {
    fresh.root = mkdtempSync(join(realpathSync(tmpdir()), 'tinylet volumes-'));
    fresh.pod = join(fresh.root, 'pods', uid);
    fresh.warnings.length = 0;
    const warn = (fields: LogFields, message: string): void => void fresh.warnings.push({ fields, message });
    fresh.volumes = filePodVolumes({ rootDir: fresh.root, logger: { ...silentLogger, warn } });
  });
  afterEach(() => clear(fresh.root));
  return fresh;
}

const nowhere = { rootDir: '/nonexistent', logger: silentLogger };

/** Unmounts what a test left, then deletes its directory. */
export function clear(root: string): void {
  for (const point of mountsBelow(root).reverse()) execFileSync('umount', ['-l', point]);
  execFileSync('rm', ['-rf', '--one-file-system', root]);
}

export function mountsBelow(directory: string, mountInfo = '/proc/self/mountinfo'): string[] {
  const lines = readFileSync(mountInfo, 'utf8').split('\n');
  const points = lines.map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '));
  return points.filter((point) => point.startsWith(`${directory}/`));
}

/** The options a mount has, its own and its file system's. */
export function mountOptions(point: string): readonly string[] {
  const written = point.replaceAll(' ', '\\040');
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .findLast((text) => text.split(' ')[4] === written);
  const [before = '', after = ''] = (line ?? '').split(' - ');
  return [...(before.split(' ')[5] ?? '').split(','), ...(after.split(' ')[2] ?? '').split(',')];
}

export function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}

/** `0640 0:77`. */
export function modeAndOwner(path: string): string {
  const { mode, uid, gid } = lstatSync(path);
  return `${(mode & 0o7777).toString(8).padStart(4, '0')} ${uid}:${gid}`;
}

/** Everything in a directory: files with their content, links with where they lead. */
export function tree(directory: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(directory, path), { withFileTypes: true })) {
      const name = join(path, entry.name);
      if (entry.isDirectory()) walk(name);
      else if (entry.isSymbolicLink()) found[name] = `→ ${readlinkSync(join(directory, name))}`;
      else if (entry.isFile()) found[name] = readFileSync(join(directory, name), 'utf8');
    }
  };
  walk('.');
  return found;
}

export function emptyDir(volume = 'data', change: Partial<EmptyDir> = {}): VolumeSetup {
  return { kind: 'empty-dir', volume, medium: 'disk', ...change };
}

type EmptyDir = Extract<VolumeSetup, { kind: 'empty-dir' }>;
