import { readFile } from 'node:fs/promises';
import { identifyProcess, signalProcess } from '../base/index.ts';
import type { CgroupTree } from './cgroup-tree.ts';

/** What a container is between its creation and its start: runc itself, which waits to be told to become the container's command. */
const UNSTARTED = 'runc\0init\0';

/**
 * Ends containers that never began, in a cgroup and all below it. A daemon that is killed cuts its StartContainer off; containerd from
 * 1.7 on may then forget the process it has made already (seen on 2.1), and nobody but the cgroup knows of it any more (kubelet:
 * tryKillingCgroupProcesses, which kills whatever is there). Only for cgroups whose containers are gone from the runtime.
 */
export async function endUnstarted(tree: CgroupTree, path: string): Promise<void> {
  for (const pid of await tree.processes(path)) {
    const identity = await identifyProcess(pid);
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (identity !== undefined && command === UNSTARTED) await signalProcess(identity, 'SIGKILL');
  }
}
