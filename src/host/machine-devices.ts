import type { JsonObject } from '../base/index.ts';
import type { MachineFiles } from './machine-files.ts';

/** cadvisor's reading of what a machine has: file systems (fs/fs.go), disks and network (utils/sysinfo). */

/** File systems on disks of the machine. Network file systems are left out: one whose server is away would hold up the answer. */
const ON_DISK = /^(ext[234]|xfs|btrfs|zfs|f2fs|bcachefs)$/;
const NO_DISKS = /^(loop|ram|sr)/;
const NO_NETWORK_DEVICES = /^(lo$|veth|docker|nerdctl)/;

interface Mount {
  readonly device: string;
  readonly point: string;
  readonly type: string;
}

/** Each once, however often it is mounted. */
export async function fileSystemsOf(files: MachineFiles): Promise<readonly JsonObject[]> {
  const mounts = mountsIn(await files.text('/proc/self/mountinfo')).filter(isShown);
  const devices = [
    ...new Map([...mounts].reverse().map((mount) => [mount.device, mount])).values(),
  ].reverse();
  const found = await Promise.all(
    devices.map(async ({ device, point }) => {
      const space = await files.space(point);
      return space && { device, capacity: space.capacityBytes, type: 'vfs', ...inodesOf(space.inodes) };
    }),
  );
  return found.filter((each) => each !== undefined);
}

/** In a container the root is an overlay, and the only one that says anything about the machine. */
function isShown({ type, point }: Mount): boolean {
  return ON_DISK.test(type) || (type === 'overlay' && point === '/');
}

function inodesOf(inodes: number): JsonObject {
  return { inodes, has_inodes: inodes > 0 };
}

/** proc_pid_mountinfo(5): six fields, optional ones up to a `-`, then type and source. */
function mountsIn(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const point = left.split(' ')[4];
    const [type = '', device = ''] = right.split(' ');
    return point === undefined ? [] : [{ device: unescaped(device), point: unescaped(point), type }];
  });
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

/** By `major:minor`. */
export async function disksOf(files: MachineFiles): Promise<JsonObject> {
  const names = (await files.names('/sys/block')).filter((name) => !NO_DISKS.test(name));
  const disks = await Promise.all(names.map((name) => diskOf(name, files)));
  return Object.fromEntries(disks.flatMap((disk) => disk ?? []));
}

/** Sectors are of 512 bytes here, whatever the disk's own are. */
async function diskOf(name: string, files: MachineFiles): Promise<[string, JsonObject][] | undefined> {
  const [dev, sectors, scheduler] = await Promise.all([
    files.text(`/sys/block/${name}/dev`),
    files.number(`/sys/block/${name}/size`),
    files.text(`/sys/block/${name}/queue/scheduler`),
  ]);
  const [, major, minor] = /^(\d+):(\d+)\s*$/.exec(dev) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const chosen = /\[(.+)\]/.exec(scheduler)?.[1] ?? 'none';
  const disk = { name, major: Number(major), minor: Number(minor), size: sectors * 512, scheduler: chosen };
  return [[`${major}:${minor}`, disk]];
}

/** Those that lead out of the machine. Speeds are in Mbit/s, 0 where the device has none. */
export async function networkDevicesOf(files: MachineFiles): Promise<readonly JsonObject[]> {
  const names = (await files.names('/sys/class/net')).filter((name) => !NO_NETWORK_DEVICES.test(name));
  const found = await Promise.all(names.map((name) => networkDeviceOf(name, files)));
  return found.filter((device) => device !== undefined);
}

/** Files lie there, too: `bonding_masters`. */
async function networkDeviceOf(name: string, files: MachineFiles): Promise<JsonObject | undefined> {
  const [address, speed, mtu] = await Promise.all([
    files.text(`/sys/class/net/${name}/address`),
    files.number(`/sys/class/net/${name}/speed`),
    files.number(`/sys/class/net/${name}/mtu`),
  ]);
  return mtu === 0 ? undefined : { name, mac_address: address.trim(), speed, mtu };
}
