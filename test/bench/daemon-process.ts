import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchStatus } from '../../src/client/index.ts';
import type { NodeReport } from '../../src/status/index.ts';
import type { Cleanups } from './cleanups.ts';

/** Where a daemon under test keeps everything; one can be started after another in it. */
export interface DaemonPlace {
  readonly program: string;
  readonly endpoint: string;
  readonly directory: string;
  readonly manifests: string;
  /** Where its end is noted as soon as it is spawned. */
  readonly cleanups: Cleanups;
}

/** The daemon as a process of its own, as a user starts it. */
export interface DaemonProcess {
  readonly pid: number;
  /** From spawn until /readyz said that a first pass had gone over everything. */
  readonly readyAfterMs: number;
  /** From spawn until a line with this message was logged; undefined if there is none. To the millisecond. */
  loggedAfterMs(message: string): number | undefined;
  report(): Promise<NodeReport>;
  /** SIGTERM, and waits for the end. Pods stay. */
  stop(): Promise<void>;
}

const READY_POLL_MS = 2;
const PATIENCE_MS = 60_000;

/** Resolves when the first pass is over. The moment is seen from outside, at most a few milliseconds late. */
export async function startDaemon(place: DaemonPlace, flags: readonly string[] = []): Promise<DaemonProcess> {
  const { directory } = place;
  await mkdir(directory, { recursive: true });
  const apiSocket = join(directory, 'api.sock');
  const log = join(directory, `daemon-${performance.now()}.log`);
  const logFd = openSync(log, 'a');
  const [spawnedAtMs, spawnedWallMs] = [performance.now(), Date.now()];
  const child = spawn(process.execPath, [place.program, ...flagsOf(place, apiSocket), ...flags], {
    stdio: ['ignore', 'ignore', logFd],
  });
  closeSync(logFd);
  const stop = (): Promise<void> => stopChild(child);
  place.cleanups.add(stop);
  await untilReady(child, apiSocket, log);
  return {
    pid: pidOf(child),
    readyAfterMs: performance.now() - spawnedAtMs,
    loggedAfterMs: (message) => {
      const atMs = loggedAt(log, message);
      return atMs === undefined ? undefined : atMs - spawnedWallMs;
    },
    report: () => fetchStatus(apiSocket),
    stop,
  };
}

/** Waits until the daemon's report is as wanted. */
export async function untilReported(
  daemon: DaemonProcess,
  wanted: (report: NodeReport) => boolean,
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const report = await daemon.report();
    if (wanted(report)) return;
    if (performance.now() > endMs)
      throw new Error(`the daemon does not get there: ${JSON.stringify(report)}`);
    await sleep(20);
  }
}

export function allRunning(count: number): (report: NodeReport) => boolean {
  return ({ pods }) =>
    pods.length === count &&
    pods.every(({ phase, containers }) => phase === 'Running' && containers.every(({ ready }) => ready));
}

function flagsOf({ endpoint, directory, manifests }: DaemonPlace, apiSocket: string): string[] {
  return [
    ...['--socket', endpoint, '--manifests', manifests, '--api-socket', apiSocket],
    ...['--api-addr', 'off'],
    ...['--root-dir', join(directory, 'root'), '--log-dir', join(directory, 'pods'), '--node-name', 'bench'],
    ...['--log-format', 'json', '--log-level', 'info'],
  ];
}

async function untilReady(child: ChildProcess, apiSocket: string, log: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!existsSync(apiSocket) || !(await isReady(apiSocket))) {
    if (child.exitCode !== null || performance.now() > endMs)
      throw new Error(`the daemon does not get ready:\n${readFileSync(log, 'utf8')}`);
    await sleep(READY_POLL_MS);
  }
}

function isReady(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, path: '/readyz' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('error', () => resolve(false));
    sent.end();
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the daemon was not started');
  return pid;
}

/** The time of the first line with this message, on the wall clock. */
function loggedAt(log: string, message: string): number | undefined {
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    if (!line.includes(`"msg":"${message}"`)) continue;
    const time = /"time":"([^"]+)"/.exec(line)?.[1];
    if (time !== undefined) return Date.parse(time);
  }
  return undefined;
}
