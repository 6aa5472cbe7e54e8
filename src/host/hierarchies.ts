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
 * The hierarchies mounted below /sys/fs/cgroup, those of version 1 first where there are both. The one of version 2 counts as empty
 * there: runtimes make their cgroups in it too, and use none of its controllers. `root` stands before every path.
 */
export async function findHierarchies(root = ''): Promise<readonly Hierarchy[]> {
  const mounts = cgroupMounts(await textOf(join(root, '/proc/self/mountinfo')));
  const unified = mounts.find(({ type, point }) => type === 'cgroup2' && point === CGROUP_ROOT);
  const controllers = await textOf(join(root, CGROUP_ROOT, 'cgroup.controllers'));
  if (unified !== undefined) return [hierarchyOf(unified, root, controllers.trim().split(/\s+/))];
  const first = mounts.filter(({ type }) => type === 'cgroup');
  const distinct = new Map(first.map((mount) => [mount.options, mount]));
  return [
    ...[...distinct.values()].map((mount) => hierarchyOf(mount, root, mount.options.split(','))),
    ...mounts.filter(({ type }) => type === 'cgroup2').map((mount) => hierarchyOf(mount, root, [])),
  ];
}

function hierarchyOf({ type, point, within }: CgroupMount, root: string, controllers: string[]): Hierarchy {
  return {
    version: type === 'cgroup2' ? 2 : 1,
    directory: join(root, point),
    controllers: new Set(controllers),
    whole: within === '/',
  };
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
