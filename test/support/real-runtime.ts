import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  identifyProcess,
  isAlive,
  signalProcess,
  silentLogger,
  sleep,
  systemClock,
} from '../../src/base/index.ts';
import { connectCri } from '../../src/cri/index.ts';
import {
  type PrivateContainerd,
  standaloneUnavailable,
  startPrivateContainerd,
  stopPrivateContainerd,
} from '../../src/standalone/index.ts';
import { removeUnmounted, unmountUnder } from '../../src/standalone/mounts.ts';
import { userImage } from './user-images.ts';

export type RuntimeVersion = '1.6' | '1.7' | '2.1';

/** A real containerd of its own for one test file. It runs as long as `stop` was not called. */
export interface RealRuntime {
  /** unix:// URL of the CRI socket. */
  readonly endpoint: string;
  readonly rootDir: string;
  /** An empty directory for pod logs. */
  readonly logDir: string;
  readonly httpImage: string;
  readonly pauseImage: string;
  readonly version: RuntimeVersion;
  /** Kills containerd with SIGKILL and resolves when its successor serves; pods go on meanwhile. */
  restart(): Promise<void>;
  /** Kills what still runs and leaves nothing of it on the machine. */
  stop(): Promise<void>;
}

export interface RealRuntimeOptions {
  readonly version?: RuntimeVersion;
  readonly name: string;
  /** Users for whom there shall be images of their own (user-images.ts). */
  readonly userImages?: readonly string[];
}

const CHECKOUT = resolve(import.meta.dirname, '../..');
const CACHE = join(CHECKOUT, '.cache');
const PARENT = '/var/tmp';
const PREFIX = 'tlt-';
const run = promisify(execFile);

/** Below all that Linux gives away by itself (net.ipv4.ip_local_port_range). */
const FIRST_PORT = 16_000;
const WORKERS = 16;
const ROOM = 1_000;
let nextPort = randomInt(ROOM);

/**
 * Why no real runtime can be had here, in one sentence, or undefined. Under CI=true that is no reason to skip but an
 * error, so that a green run there has seen a real containerd.
 */
export function realRuntimeUnavailable(): string | undefined {
  const missing = ['catatonit', 'busybox'].filter((name) => !isInPath(name));
  const reason =
    standaloneUnavailable() ??
    (missing.length === 0 ? undefined : `${missing.join(', ')} not found; needed for the test images`);
  if (reason !== undefined && process.env.CI === 'true')
    throw new Error(`CI needs a real runtime: ${reason}`);
  return reason;
}

/**
 * Starts containerd in a fresh directory with the two test images. `name` is a few letters that tell which test it is
 * for. Takes about half a second once images and, for 1.7 and 2.1, the packages are in the cache.
 */
export async function startRealRuntime(options: RealRuntimeOptions): Promise<RealRuntime> {
  const version = options.version ?? '1.6';
  await sweepLeftovers();
  const [binDir, images, self] = await Promise.all([
    binDirOf(version),
    builtImages(),
    identifyProcess(process.pid),
  ]);
  // The name tells whose directory it is from the first instant on, so that a sweep never takes a living test's.
  const owner = `${process.pid}-${self?.startTicks}`;
  const base = await mkdtemp(join(PARENT, `${PREFIX}${owner}-${options.name.slice(0, 12)}-`));
  const rootDir = join(base, 'root');
  const logDir = join(base, 'log');
  await mkdir(join(rootDir, 'images'), { recursive: true });
  await mkdir(logDir);
  for (const image of ['pause.tar', 'http.tar'])
    await copyFile(join(images, image), join(rootDir, 'images', image));
  for (const user of options.userImages ?? []) {
    const { archive } = await userImage(join(images, 'http.tar'), images, user);
    await copyFile(archive, join(rootDir, 'images', `user-${user}.tar`));
  }
  const place = { rootDir, socket: join(base, 'c.sock'), clock: systemClock, logger: silentLogger };
  const containerd = await startPrivateContainerd({ ...place, ...(binDir === undefined ? {} : { binDir }) });
  await criAnswers(containerd.endpoint);
  return {
    endpoint: containerd.endpoint,
    rootDir,
    logDir,
    httpImage: 'tinylet.local/http:1',
    pauseImage: 'tinylet.local/pause:1',
    version,
    restart: () => killAndAwaitSuccessor(containerd),
    async stop() {
      await containerd.close();
      await removeAll(base);
    },
  };
}

/**
 * A TCP port that nothing listens on, for a pod's hostPort. None that the kernel gives to who asks for any: between the choice and the
 * pod's start such a one would go to another test's server, and a hostPort takes over what is meant for that.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + ROOM * worker() + (nextPort++ % ROOM);
    const server = createServer();
    const listening = await once(server.listen(port, '0.0.0.0'), 'listening').then(
      () => true,
      () => false,
    );
    if (!listening) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Test files run side by side in as many processes: each has ports of its own. */
function worker(): number {
  return Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS;
}

async function killAndAwaitSuccessor(containerd: PrivateContainerd): Promise<void> {
  const { pid } = containerd;
  const identity = await identifyProcess(pid);
  if (identity !== undefined) await signalProcess(identity, 'SIGKILL');
  while (containerd.pid === pid) await sleep(systemClock, 50);
  await criAnswers(containerd.endpoint);
}

/** containerd's plugins are loaded a little before CRI has read back what runs; until then every call fails. */
async function criAnswers(endpoint: string): Promise<void> {
  const cri = connectCri({ endpoint, clock: systemClock });
  try {
    while (!(await cri.listSandboxes().then(Boolean, () => false))) await sleep(systemClock, 50);
  } finally {
    cri.close();
  }
}

/** Removes what test processes left that are no more: killed by a time-out, or by hand. */
async function sweepLeftovers(): Promise<void> {
  for (const name of await readdir(PARENT)) {
    const owner = /^tlt-(\d+)-(\d+)-/.exec(name);
    if (owner === null) continue;
    const [pid, startTicks] = [Number(owner[1]), owner[2] ?? ''];
    if (!(await isAlive({ pid, startTicks }))) await removeAll(join(PARENT, name));
  }
}

async function removeAll(base: string): Promise<void> {
  await stopPrivateContainerd({ rootDir: join(base, 'root'), clock: systemClock, logger: silentLogger });
  await unmountUnder([base]);
  await removeUnmounted(base);
}

async function builtImages(): Promise<string> {
  const directory = join(CACHE, 'images');
  await run(join(CHECKOUT, 'docker/images/build.sh'), [directory]);
  return directory;
}

async function binDirOf(version: RuntimeVersion): Promise<string | undefined> {
  if (version === '1.6') return undefined;
  const directory = join(CACHE, `containerd-${version}`);
  await run(join(CHECKOUT, 'scripts/fetch-containerd.sh'), [version, directory]);
  return join(directory, 'usr/bin');
}

function isInPath(name: string): boolean {
  const directories = `${process.env.PATH ?? ''}${delimiter}/usr/bin${delimiter}/bin`.split(delimiter);
  return directories.some((directory) => existsSync(join(directory, name)));
}
