import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMachineInfo } from '../../../src/host/index.ts';
import { freshTree } from './fixture-tree.ts';

const tree = freshTree();
const NOW_MS = Date.UTC(2026, 2, 1, 12);
const CPU = '/sys/devices/system/cpu';

/** Two sockets of one core with two threads each. */
function processors(): Record<string, string> {
  const places = [
    ['0', '0'],
    ['0', '0'],
    ['1', '0'],
    ['1', '0'],
  ];
  return Object.fromEntries(
    places.flatMap(([socket = '', core = ''], cpu) => [
      [`${CPU}/cpu${cpu}/topology/physical_package_id`, `${socket}\n`],
      [`${CPU}/cpu${cpu}/topology/core_id`, `${core}\n`],
    ]),
  );
}

test('a machine under cadvisor’s names', async () => {
  await tree.write({
    ...processors(),
    [`${CPU}/online`]: '0-3\n',
    [`${CPU}/cpu0/cpufreq/cpuinfo_max_freq`]: '3600000\n',
    '/proc/cpuinfo': 'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu MHz\t\t: 1800.123\n',
    '/proc/meminfo': 'MemTotal:  2048 kB\nMemFree: 1 kB\nSwapTotal:  512 kB\n',
    '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages': '0\n',
    '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '7\n',
    '/etc/machine-id': 'machine\n',
    '/sys/class/dmi/id/product_uuid': 'system\n',
    '/proc/sys/kernel/random/boot_id': 'boot\n',
    '/sys/block/sda/dev': '8:0\n',
    '/sys/block/sda/size': '2048\n',
    '/sys/block/sda/queue/scheduler': 'none [mq-deadline] kyber\n',
    '/sys/block/dm-0/dev': '254:0\n',
    '/sys/block/dm-0/size': '8\n',
    '/sys/block/loop0/dev': '7:0\n',
    '/sys/class/net/eth0/address': '52:54:00:12:34:56\n',
    '/sys/class/net/eth0/speed': '1000\n',
    '/sys/class/net/eth0/mtu': '1500\n',
    '/sys/class/net/wlan0/address': '52:54:00:12:34:57\n',
    '/sys/class/net/wlan0/speed': '-1\n',
    '/sys/class/net/wlan0/mtu': '1400\n',
    '/sys/class/net/lo/mtu': '65536\n',
    '/sys/class/net/veth12/mtu': '1500\n',
    '/sys/class/net/bonding_masters': '\n',
  });
  expect(await readMachineInfo({ root: tree.path, nowMs: NOW_MS })).toEqual({
    timestamp: '2026-03-01T12:00:00.000Z',
    vendor_id: 'GenuineIntel',
    num_cores: 4,
    num_physical_cores: 2,
    num_sockets: 2,
    cpu_frequency_khz: 3_600_000,
    memory_capacity: 2 * 2 ** 20,
    swap_capacity: 2 ** 19,
    hugepages: [
      { page_size: 2048, num_pages: 7 },
      { page_size: 1_048_576, num_pages: 0 },
    ],
    machine_id: 'machine',
    system_uuid: 'system',
    boot_id: 'boot',
    filesystems: [],
    disk_map: {
      '8:0': { name: 'sda', major: 8, minor: 0, size: 2 ** 20, scheduler: 'mq-deadline' },
      '254:0': { name: 'dm-0', major: 254, minor: 0, size: 4096, scheduler: 'none' },
    },
    network_devices: [
      { name: 'eth0', mac_address: '52:54:00:12:34:56', speed: 1000, mtu: 1500 },
      { name: 'wlan0', mac_address: '52:54:00:12:34:57', speed: 0, mtu: 1400 },
    ],
    cloud_provider: 'Unknown',
    instance_type: 'Unknown',
    instance_id: 'None',
  });
});

test('file systems on disks, each once, and the root of a container', async () => {
  await mkdir(join(tree.path, 'data disk'));
  const lines = [
    '1 0 0:1 / / rw - overlay overlay rw,lowerdir=/x',
    '2 1 254:0 / /data\\040disk rw,relatime shared:7 - ext4 /dev/vda rw',
    '3 1 254:0 /etc /elsewhere rw - ext4 /dev/vda rw',
    '4 1 254:1 / /not-there rw - xfs /dev/vdb rw',
    '5 1 0:5 / /net rw - nfs4 server:/x rw',
    '6 1 0:6 / /tmp rw - tmpfs tmpfs rw',
    '7 1 0:7 / /run/pod rw - overlay overlay rw',
    '8 1 7:0 / /snap rw - squashfs /dev/loop0 ro',
    '',
  ];
  await tree.write({ '/proc/self/mountinfo': lines.join('\n') });
  const { filesystems } = await readMachineInfo({ root: tree.path, nowMs: NOW_MS });
  const space = { capacity: expect.any(Number), type: 'vfs', inodes: expect.any(Number) };
  expect(filesystems).toEqual([
    { device: 'overlay', ...space, has_inodes: expect.any(Boolean) },
    { device: '/dev/vda', ...space, has_inodes: expect.any(Boolean) },
  ]);
  const [{ capacity } = { capacity: 0 }] = filesystems as readonly { readonly capacity: number }[];
  expect(capacity).toBeGreaterThan(0);
});

test('a machine of which nothing can be read has one processor', async () => {
  await tree.write({ '/proc/cpuinfo': 'cpu MHz\t\t: 2400.500\n' });
  expect(await readMachineInfo({ root: tree.path, nowMs: NOW_MS })).toMatchObject({
    ...{ vendor_id: '', num_cores: 1, num_physical_cores: 1, num_sockets: 1, cpu_frequency_khz: 2_400_500 },
    ...{ memory_capacity: 0, swap_capacity: 0, hugepages: [], machine_id: '', system_uuid: '', boot_id: '' },
    ...{ filesystems: [], disk_map: {}, network_devices: [] },
  });
});
