import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../src/standalone/command.ts';
import { layoutOf } from '../../../src/standalone/layout.ts';
import { mountsUnder } from '../../../src/standalone/mounts.ts';
import { listProcesses } from '../../../src/standalone/process-list.ts';

/** A private containerd: what it made on the machine bears one of these. */
export interface Owner {
  readonly rootDir: string;
  readonly socket: string;
  /** Of sandboxes and containers it had. */
  readonly ids?: readonly string[];
}

/** Everything on the machine outside its directories that is of a private containerd, each as a line that says what it is. */
export async function leftovers({ rootDir, socket, ids = [] }: Owner): Promise<readonly string[]> {
  const { bridge } = layoutOf(rootDir);
  const isOurs = (arg: string): boolean => arg === socket || arg.startsWith(`${rootDir}/`);
  const processes = (await listProcesses()).filter(({ args }) => args.some(isOurs));
  const results = await readdir('/var/lib/cni/results').catch(() => []);
  const texts = await Promise.all([
    readFile('/proc/net/route', 'utf8'),
    ...['iptables-save', 'ip6tables-save'].map(async (program) => (await runCommand(program, [])).stdout),
  ]);
  return [
    ...processes.map(({ args }) => args.join(' ')),
    ...(await mountsUnder([rootDir])),
    ...(await readdir('/sys/class/net')).filter((name) => name === bridge),
    ...results.filter((name) => name.startsWith(bridge)),
    ...texts.flatMap((text) => text.split('\n')).filter((line) => line.includes(bridge)),
    ...(await cgroups()).filter((path) => ids.some((id) => path.includes(id))),
  ];
}

/** The cgroups of these pods that are still there, in any hierarchy. */
export async function podCgroups(uids: readonly string[]): Promise<readonly string[]> {
  const classes = ['kubepods', 'kubepods/burstable', 'kubepods/besteffort'];
  const found = await Promise.all(classes.map((path) => cgroupsBelow(path)));
  return found.flat().filter((path) => uids.some((uid) => path.endsWith(`/pod${uid}`)));
}

/** Where CRI keeps its cgroups. */
function cgroups(): Promise<readonly string[]> {
  return cgroupsBelow('k8s.io');
}

/** In the one hierarchy of cgroup v2 or the many of v1. */
async function cgroupsBelow(parent: string): Promise<readonly string[]> {
  const root = '/sys/fs/cgroup';
  const hierarchies = (await readdir(root)).map((name) => join(root, name));
  const found = await Promise.all(
    [root, ...hierarchies].map(async (hierarchy) => {
      const names = await readdir(join(hierarchy, parent)).catch(() => []);
      return names.map((name) => join(hierarchy, parent, name));
    }),
  );
  return found.flat();
}
