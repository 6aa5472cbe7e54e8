import { access, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type Clock,
  identifyProcess,
  isAlive,
  type Logger,
  type ProcessIdentity,
  signalProcess,
  sleep,
  TinyletError,
} from '../base/index.ts';
import { cgroupsOf, removeEmptyCgroups } from './cgroups.ts';
import { runCommand } from './command.ts';
import { type Layout, layoutOf } from './layout.ts';
import { removeUnmounted, unmountUnder } from './mounts.ts';
import { cleanNetfilter } from './netfilter.ts';
import { findShimTrees, listProcesses } from './process-list.ts';
import { findRunning, readRecord } from './record.ts';

const TERM_WAIT_MS = 15_000;
const KILL_WAIT_MS = 10_000;
const POLL_MS = 50;

export interface StopOptions {
  readonly rootDir: string;
  readonly socket?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Stops the private containerd of this root directory and takes away what it leaves on the machine: shims and what they
 * run, mounts, network namespaces, the bridge, netfilter rules, empty cgroups. The caller removes the pods first; what is
 * still there is killed without grace. Images stay. Resolves to whether containerd ran; repeating it does no harm.
 * Fails with STANDALONE_FAILED when a process survives SIGKILL.
 */
export async function stopPrivateContainerd(options: StopOptions): Promise<boolean> {
  const rootDir = await realpath(resolve(options.rootDir)).catch(() => undefined);
  if (rootDir === undefined) return false;
  const wanted = layoutOf(rootDir, options.socket);
  const running = await findRunning(wanted);
  const known = running?.socket ?? (await readRecord(wanted))?.socket;
  const socket = known ?? wanted.socket;
  const layout = layoutOf(rootDir, socket);
  if (running !== undefined) await endProcess(running, options.clock);
  await killShimTrees(layout, options.clock);
  await removeShimSockets(layout.stateDir);
  await unmountUnder([layout.stateDir, layout.dataDir]);
  await removeUnmounted(layout.stateDir);
  await removeBridge(layout.bridge);
  await removeCniResults(layout.bridge);
  await cleanNetfilter(layout.bridge);
  await removeEmptyCgroups(['/k8s.io']);
  // A socket that nothing ties to this root directory may be somebody else's.
  const sockets = known === undefined ? [] : [known, `${known}.ttrpc`];
  for (const file of [...sockets, layout.recordFile]) await rm(file, { force: true });
  if (running !== undefined) options.logger.info({ pid: running.pid, socket }, 'private containerd stopped');
  return running !== undefined;
}

async function endProcess(target: ProcessIdentity, clock: Clock): Promise<void> {
  await signalProcess(target, 'SIGTERM');
  if (await endedWithin([target], TERM_WAIT_MS, clock)) return;
  await killAll([target], clock);
}

async function killShimTrees(layout: Layout, clock: Clock): Promise<void> {
  const { shims, descendants } = findShimTrees(await listProcesses(), layout.socket);
  // Containers first: a shim that sees them end may still clean up after them.
  const cgroups = await cgroupsOf(descendants.map(({ pid }) => pid));
  for (const group of [descendants, shims]) {
    const identities = await Promise.all(group.map(({ pid }) => identifyProcess(pid)));
    await killAll(
      identities.filter((identity) => identity !== undefined),
      clock,
    );
  }
  await removeEmptyCgroups(cgroups);
}

async function killAll(targets: readonly ProcessIdentity[], clock: Clock): Promise<void> {
  for (const target of targets) await signalProcess(target, 'SIGKILL');
  if (await endedWithin(targets, KILL_WAIT_MS, clock)) return;
  const pids = targets.map(({ pid }) => pid);
  throw new TinyletError('STANDALONE_FAILED', `processes ${pids.join(', ')} do not end`, { facts: { pids } });
}

async function endedWithin(
  targets: readonly ProcessIdentity[],
  limitMs: number,
  clock: Clock,
): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + limitMs;
  for (;;) {
    const alive = await Promise.all(targets.map(isAlive));
    if (!alive.includes(true)) return true;
    if (clock.monotonicMs() > deadlineMs) return false;
    await sleep(clock, POLL_MS);
  }
}

/** Shims listen in one place of the machine, whatever containerd's root; killed ones leave their socket there. */
async function removeShimSockets(stateDir: string): Promise<void> {
  const bundles = join(stateDir, 'io.containerd.runtime.v2.task', 'k8s.io');
  for (const id of await readdir(bundles).catch(() => [])) {
    for (const name of ['address', 'bootstrap.json']) {
      const content = await readFile(join(bundles, id, name), 'utf8').catch(() => '');
      const socket = /unix:\/\/(\/run\/containerd\/s\/[0-9a-f]+)/.exec(content)?.[1];
      if (socket !== undefined) await rm(socket, { force: true });
    }
  }
}

async function removeBridge(bridge: string): Promise<void> {
  const exists = await access(`/sys/class/net/${bridge}`).then(
    () => true,
    () => false,
  );
  if (exists) await runCommand('ip', ['link', 'delete', bridge]);
}

/** Where libcni remembers what it set up, for the teardown that never ran; loopback's share goes by the sandbox id. */
const CNI_RESULTS_DIR = '/var/lib/cni/results';

async function removeCniResults(network: string): Promise<void> {
  const names = await readdir(CNI_RESULTS_DIR).catch(() => []);
  const ids = names
    .filter((name) => name.startsWith(`${network}-`))
    .map((name) => name.slice(network.length + 1).split('-')[0] ?? '');
  for (const name of names) {
    const isOurs = name.startsWith(`${network}-`) || ids.some((id) => name === `cni-loopback-${id}-lo`);
    if (isOurs) await rm(join(CNI_RESULTS_DIR, name), { force: true });
  }
}
