import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One tree of cgroups: version 2 has a single one, version 1 one for each controller or group of them. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Where its root is mounted. */
  readonly directory: string;
  /** On version 1 also names, such as `name=systemd`. */
  readonly controllers: ReadonlySet<string>;
  /** Whether what is mounted is the root of the tree and not a part of it, as containers see it. */
  readonly whole: boolean;
}

const CGROUP_ROOT = '/sys/fs/cgroup';

/**
 * The hierarchies mounted below /sys/fs/cgroup. On a hybrid machine those of version 1: the unified one has no controllers there, and
 * runtimes make nothing in it. `root` stands before every path.
 */
export async function findHierarchies(root = ''): Promise<readonly Hierarchy[]> {
  const mounts = cgroupMounts(await textOf(join(root, '/proc/self/mountinfo')));
  const unified = await textOf(join(root, CGROUP_ROOT, 'cgroup.controllers'));
  const isUnified = ({ type, point }: CgroupMount): boolean => type === 'cgroup2' && point === CGROUP_ROOT;
  const chosen = mounts.some(isUnified)
    ? mounts.filter(isUnified)
    : mounts.filter(({ type }) => type === 'cgroup');
  const seen = new Set<string>();
  return chosen.flatMap(({ type, point, within, options }): Hierarchy[] => {
    if (seen.has(options)) return [];
    seen.add(options);
    const version = type === 'cgroup2' ? 2 : 1;
    const controllers = new Set(version === 2 ? unified.trim().split(/\s+/) : options.split(','));
    return [{ version, directory: join(root, point), controllers, whole: within === '/' }];
  });
}

interface CgroupMount {
  readonly type: string;
  readonly point: string;
  /** The part of the tree that is mounted. */
  readonly within: string;
  /** Of the file system: on version 1 its controllers. */
  readonly options: string;
}

/** Lines are: ids, device, root, mount point, options, optional fields, `-`, type, source, options of the file system. */
function cgroupMounts(mountinfo: string): readonly CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , within = '', point = ''] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    const ours = type.startsWith('cgroup') && `${point}/`.startsWith(`${CGROUP_ROOT}/`);
    return ours ? [{ type, point, within, options }] : [];
  });
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
