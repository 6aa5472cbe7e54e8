import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  type Clock,
  identifyProcess,
  isAlive,
  messageOf,
  type ProcessIdentity,
  sleep,
  TinyletError,
  writeFileAtomic,
} from '../base/index.ts';
import { runCommand } from './command.ts';
import { containerdConfig } from './containerd-config.ts';
import { type Host, isOnOverlay } from './host.ts';
import { offersImage } from './images.ts';
import type { Layout } from './layout.ts';
import { mountsUnder } from './mounts.ts';
import { chooseSubnet, cniNetwork, overlaps, parseNetwork, parseRoutes, subnetOf } from './network.ts';
import { currentBootId, type RunningContainerd, readRecord, writeRecord } from './record.ts';

const PAUSE_IMAGE = 'tinylet.local/pause:1';
const LOG_LIMIT_BYTES = 8 * 2 ** 20;
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 50;

/** Starts containerd in its own session, so that it outlives tinylet, and records it. It may not answer yet. */
export async function launchContainerd(
  layout: Layout,
  host: Host,
  sandboxImage?: string,
): Promise<RunningContainerd> {
  await refuseServedSocket(layout.socket);
  await forgetEarlierBoot(layout);
  await writeConfiguration(layout, host, sandboxImage);
  await boundLog(layout.logFile);
  const running = await spawnDetached(layout, host);
  await writeRecord(layout, running, layout.socket);
  return { ...running, socket: layout.socket };
}

/** Resolves when containerd serves CRI. Fails with STANDALONE_FAILED and the end of its log when it ends or hangs. */
export async function waitUntilServing(
  running: RunningContainerd,
  { layout, host, clock }: { layout: Layout; host: Host; clock: Clock },
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + READY_TIMEOUT_MS;
  for (;;) {
    const problem = await servingProblem(running.socket, host);
    if (problem === undefined) return;
    const ended = !(await isAlive(running));
    if (ended || clock.monotonicMs() > deadlineMs) {
      const log = await lastLines(layout.logFile, 5);
      throw new TinyletError(
        'STANDALONE_FAILED',
        `the private containerd ${ended ? 'ended' : `does not answer (${problem})`}; the end of ${layout.logFile}:\n${log}`,
        { facts: { pid: running.pid, socket: running.socket } },
      );
    }
    await sleep(clock, READY_POLL_MS);
  }
}

/** containerd answers before its CRI plugin is known to have started, so the plugin's own state is asked. */
async function servingProblem(socket: string, host: Host): Promise<string | undefined> {
  if (!(await isServed(socket))) return 'nothing accepts connections on its socket';
  const plugins = await runCommand(host.ctr, ['--address', socket, 'plugins', 'ls'], { timeoutMs: 10_000 });
  if (!plugins.ok) return plugins.problem;
  const cri = plugins.stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const state = cri.find(([type, id]) => type === 'io.containerd.grpc.v1' && id === 'cri')?.at(-1);
  return state === 'ok' ? undefined : `its CRI plugin is ${state ?? 'missing'}`;
}

async function spawnDetached(layout: Layout, host: Host): Promise<ProcessIdentity> {
  const log = openSync(layout.logFile, 'a', 0o600);
  try {
    const child = spawn(host.containerd, ['--config', layout.configFile], {
      detached: true,
      stdio: ['ignore', log, log],
      env: inheritedEnv(host.path),
      cwd: '/',
    });
    await once(child, 'spawn');
    child.unref();
    const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid);
    if (identity !== undefined) return identity;
    throw new Error(`it ended at once: ${await lastLines(layout.logFile, 5)}`);
  } catch (cause) {
    const reason = `cannot start ${host.containerd}: ${messageOf(cause)}`;
    throw new TinyletError('STANDALONE_FAILED', reason, { cause });
  } finally {
    closeSync(log);
  }
}

/** Proxies and certificates are meant for containerd too; what a service manager tells tinylet is for tinylet alone. */
function inheritedEnv(path: string): NodeJS.ProcessEnv {
  const isPrivate = (name: string): boolean => /^(NOTIFY_SOCKET|WATCHDOG_|LISTEN_|TINYLET_|NODE_)/.test(name);
  const kept = Object.entries(process.env).filter(([name]) => !isPrivate(name));
  return { ...Object.fromEntries(kept), PATH: path };
}

async function writeConfiguration(layout: Layout, host: Host, sandboxImage?: string): Promise<void> {
  const offered = (await offersImage(layout.imagesDir, PAUSE_IMAGE)) ? PAUSE_IMAGE : undefined;
  const config = containerdConfig({
    dataDir: layout.dataDir,
    stateDir: layout.stateDir,
    socket: layout.socket,
    cniBinDir: host.cniBinDir,
    cniConfDir: layout.cniConfDir,
    registryDir: layout.registryDir,
    sandboxImage: sandboxImage ?? offered,
    mayLowerOomScore: host.mayLowerOomScore,
    rootIsOverlay: await isOnOverlay(layout.dataDir),
  });
  await writeFileAtomic(layout.configFile, config);
  const leaseDir = join(layout.stateDir, 'cni-leases');
  const network = { bridge: layout.bridge, subnet: await pickSubnet(layout), leaseDir };
  await writeFileAtomic(layout.cniConfFile, cniNetwork(network));
}

/** Keeps the subnet that pods already have; takes another only when a foreign route has come to cover it. */
async function pickSubnet(layout: Layout): Promise<string> {
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '');
  const foreign = parseRoutes(table).filter((route) => route.device !== layout.bridge);
  const kept = subnetOf(await readFile(layout.cniConfFile, 'utf8').catch(() => ''));
  const network = kept === undefined ? undefined : parseNetwork(kept);
  const clashes = foreign.some(
    (route) => route.network.prefix > 0 && network && overlaps(route.network, network),
  );
  if (kept !== undefined && network !== undefined && !clashes) return kept;
  const seed = createHash('sha256').update(layout.rootDir).digest().readUInt32BE();
  const subnet = chooseSubnet(seed, foreign);
  if (subnet === undefined)
    throw new TinyletError('STANDALONE_FAILED', 'no free subnet for the pods in 10.192.0.0/11');
  return subnet;
}

/** After a reboot no task lives, but leases and task directories on disk would say so. Mounts forbid deleting. */
async function forgetEarlierBoot(layout: Layout): Promise<void> {
  const record = await readRecord(layout);
  if (record === undefined || record.bootId === (await currentBootId())) return;
  if ((await mountsUnder([layout.stateDir])).length > 0) return;
  await rm(layout.stateDir, { recursive: true, force: true });
}

async function boundLog(file: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) await rename(file, `${file}.1`);
}

/** containerd would silently take the socket's place away from whoever serves it. */
async function refuseServedSocket(socket: string): Promise<void> {
  if (!(await isServed(socket))) return;
  throw new TinyletError('STANDALONE_FAILED', `another process serves ${socket}: choose another --socket`);
}

function isServed(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}

async function lastLines(file: string, count: number): Promise<string> {
  const log = await readFile(file, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-count).join('\n');
}
