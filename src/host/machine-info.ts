import type { JsonObject } from '../base/index.ts';
import { onlineCpuNumbers } from './machine.ts';
import { disksOf, fileSystemsOf, networkDevicesOf } from './machine-devices.ts';
import { type MachineFiles, machineFiles } from './machine-files.ts';
import { readSystemInfo } from './system-info.ts';

/** Where a machine's facts are read. */
export interface MachineInfoOptions {
  /** Wall clock. */
  readonly nowMs: number;
  /** Stands before the machine's own paths; only tests need it. */
  readonly root?: string;
}

const CPUS = '/sys/devices/system/cpu';
const HUGE_PAGES = '/sys/kernel/mm/hugepages';

/**
 * The machine under cadvisor's names (google/cadvisor: info/v1 MachineInfo), read anew. What cannot be read is empty or 0; there is one
 * processor at least. Clouds are not asked what the machine is to them: it would be a request to somewhere.
 */
export async function readMachineInfo({ nowMs, root = '' }: MachineInfoOptions): Promise<JsonObject> {
  const files = machineFiles(root);
  const [processors, memory, hugepages, filesystems, disks, networkDevices] = await Promise.all([
    processorsOf(files),
    files.text('/proc/meminfo'),
    hugePagesOf(files),
    fileSystemsOf(files),
    disksOf(files),
    networkDevicesOf(files),
  ]);
  const { machineID, systemUUID, bootID } = readSystemInfo(root);
  return {
    timestamp: new Date(nowMs).toISOString(),
    ...processors,
    memory_capacity: bytesOf(memory, 'MemTotal'),
    swap_capacity: bytesOf(memory, 'SwapTotal'),
    hugepages,
    machine_id: machineID,
    system_uuid: systemUUID,
    boot_id: bootID,
    filesystems,
    disk_map: disks,
    network_devices: networkDevices,
    ...{ cloud_provider: 'Unknown', instance_type: 'Unknown', instance_id: 'None' },
  };
}

async function processorsOf(files: MachineFiles): Promise<JsonObject> {
  const [online, cpuinfo, highest] = await Promise.all([
    files.text(`${CPUS}/online`),
    files.text('/proc/cpuinfo'),
    files.number(`${CPUS}/cpu0/cpufreq/cpuinfo_max_freq`),
  ]);
  const numbers = onlineCpuNumbers(online);
  const places = await Promise.all(numbers.map((number) => placeOf(number, files)));
  return {
    vendor_id: /^vendor_id\s*:\s*(\S+)/m.exec(cpuinfo)?.[1] ?? '',
    num_cores: numbers.length,
    num_physical_cores: new Set(places.map(({ socket, core }) => `${socket}/${core}`)).size,
    num_sockets: new Set(places.map(({ socket }) => socket)).size,
    cpu_frequency_khz:
      highest || Math.round(Number(/^cpu MHz\s*:\s*([\d.]+)/m.exec(cpuinfo)?.[1] ?? 0) * 1000),
  };
}

/** A processor of which nothing is told is a core of its own, in the one socket there is. */
async function placeOf(
  cpu: number,
  files: MachineFiles,
): Promise<{ readonly socket: string; readonly core: string }> {
  const topology = `${CPUS}/cpu${cpu}/topology`;
  const [socket, core] = await Promise.all([
    files.text(`${topology}/physical_package_id`),
    files.text(`${topology}/core_id`),
  ]);
  return { socket: socket.trim(), core: core.trim() || `cpu${cpu}` };
}

/** Sizes in KiB. */
async function hugePagesOf(files: MachineFiles): Promise<readonly JsonObject[]> {
  const sizes = (await files.names(HUGE_PAGES))
    .flatMap((name) => /^hugepages-(\d+)kB$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  return Promise.all(
    sizes.map(async (size) => ({
      page_size: size,
      num_pages: await files.number(`${HUGE_PAGES}/hugepages-${size}kB/nr_hugepages`),
    })),
  );
}

function bytesOf(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
}
