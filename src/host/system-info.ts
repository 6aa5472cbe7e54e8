import { readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';

/** What core/v1 NodeSystemInfo tells of a machine. Empty where it cannot be read. */
export interface SystemInfo {
  readonly machineID: string;
  readonly systemUUID: string;
  readonly bootID: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  /** As Go names it. */
  readonly architecture: string;
}

/** Go's names (GOARCH) of what Node calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Reads it anew: who asks often keeps it. `root` stands before the machine's own paths; only tests need it. */
export function readSystemInfo(root = ''): SystemInfo {
  const textOf = (path: string): string => firstLine(join(root, path));
  return {
    machineID: textOf('/etc/machine-id'),
    systemUUID: textOf('/sys/class/dmi/id/product_uuid'),
    bootID: textOf('/proc/sys/kernel/random/boot_id'),
    kernelVersion: release(),
    osImage: osImage(join(root, '/etc/os-release')) || 'Linux',
    architecture: ARCHITECTURES[arch()] ?? arch(),
  };
}

function firstLine(path: string): string {
  return read(path).split('\n')[0]?.trim() ?? '';
}

function osImage(path: string): string {
  const [, value = ''] = /^PRETTY_NAME=(.*)$/m.exec(read(path)) ?? [];
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
