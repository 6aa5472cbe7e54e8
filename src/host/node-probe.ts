import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { ChangingFile } from '../base/index.ts';
import type { NodeFacts, NodeSettings } from '../pod/index.ts';
import { hostAddresses, type Interfaces } from './host-addresses.ts';
import { type Machine, readMachine } from './machine.ts';
import type { NodeProbe } from './ports.ts';
import { parseResolvConf } from './resolv-conf.ts';

export interface NodeProbeOptions {
  readonly nodeName: string;
  /** The file system it lies on, or will lie on, is the one whose size is told. */
  readonly rootDir: string;
  readonly settings: NodeSettings;
  /** What names are looked up with, if not /etc/resolv.conf. */
  readonly resolvConfPath?: string;
  /** Stands before the machine's own paths; only tests need it. */
  readonly root?: string;
  /** The machine's own if absent. */
  readonly interfaces?: () => Interfaces;
}

const MAX_FILE_BYTES = 2 ** 20;

/**
 * Reads the machine. Its size and abilities are read once; resolv.conf and hosts when they have changed; addresses each time. A file
 * that is missing or cannot be read counts as empty.
 */
export function createNodeProbe(options: NodeProbeOptions): NodeProbe {
  const { nodeName, rootDir, settings, root = '', interfaces = networkInterfaces } = options;
  const resolvConf = new ChangingFile(options.resolvConfPath ?? join(root, '/etc/resolv.conf'), {
    maxBytes: MAX_FILE_BYTES,
    parse: (text = '') => parseResolvConf(text),
  });
  const hosts = new ChangingFile(join(root, '/etc/hosts'), {
    maxBytes: MAX_FILE_BYTES,
    parse: (text = '') => text,
  });
  let known: Machine | undefined;
  const machine = async (): Promise<Machine> => {
    known ??= await readMachine({ rootDir, root });
    return known;
  };

  return {
    async facts(): Promise<NodeFacts> {
      const [fixed, resolv, etcHosts] = await Promise.all([
        machine(),
        resolvConf.read().catch(() => parseResolvConf('')),
        hosts.read().catch(() => ''),
      ]);
      const ipv4 = textOf(join(root, '/proc/net/route'));
      const ipv6 = textOf(join(root, '/proc/net/ipv6_route'));
      const hostIPs = hostAddresses({ ipv4, ipv6 }, interfaces());
      return { name: nodeName, hostIPs, ...fixed, resolvConf: resolv, etcHosts, settings };
    },
  };
}

/** Of the kernel's own, which is there at once: with every pass, the way over other threads would cost more than the reading. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
