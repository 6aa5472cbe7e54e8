#!/usr/bin/env node
/** The composition root: the real clock, terminal, signals and rooms behind the commands of cli/. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { readKubeconfig } from './access/index.ts';
import { errnoOf, systemClock, systemRandom } from './base/index.ts';
import { type Program, renderStatus, runCli } from './cli/index.ts';
import { createNodeClient, fetchEvents, fetchStatus, fetchWhy } from './client/index.ts';
import type { DaemonOptions, NodePorts, Signals } from './daemon/index.ts';
import { processTerminal, readText, runOther } from './terminal/index.ts';

/** By then the young generation has the size that the number of pods asks for. */
const YOUNG_HEAP_SETTLES_MS = 15_000;

// Left to itself, V8 lets the young generation grow for as long as the daemon lives, until the process holds 30 MB more for nothing.
systemClock.setTimer(YOUNG_HEAP_SETTLES_MS, () => setFlagsFromString('--semi-space-growth-factor=1'));

const version = readVersion();

const program: Program = {
  version,
  stdoutIsTerminal: process.stdout.isTTY === true,
  terminalWidth: process.stdout.isTTY === true ? process.stdout.columns : undefined,
  clock: systemClock,
  nowMs: () => systemClock.nowMs(),
  out: (text) => void process.stdout.write(text, endWhereUnread),
  err: (text) => void process.stderr.write(text),
  terminal: processTerminal(),
  client: (apiSocket) => createNodeClient(apiSocket),
  untilInterrupted() {
    const interrupted = new AbortController();
    onFirst(['SIGINT', 'SIGTERM', 'SIGHUP'], (signal) => interrupted.abort(signal));
    return interrupted.signal;
  },
  runOther,
  readText: (file) => readText(file, () => text(process.stdin)),
  async runDaemon(options) {
    const { runDaemon } = await daemonRoom();
    return runDaemon(options, await portsFor(options), signals);
  },
  async dryRun(options) {
    const { dryRun } = await daemonRoom();
    const result = await dryRun(options, await portsFor({ ...options, logLevel: 'error' }));
    program.out(`${JSON.stringify(result, undefined, 2)}\n`);
    return result.refused.length > 0 ? 1 : 0;
  },
  async once(options, timeoutMs) {
    const { runOnce } = await daemonRoom();
    const { outcome, report } = await runOnce(options, timeoutMs, await portsFor(options));
    program.out(renderStatus(report, program.nowMs(), { color: false }));
    if (outcome === 'timeout')
      program.err(`tinylet: not everything had started within ${timeoutMs / 1000} s\n`);
    return outcome === 'done' ? 0 : 1;
  },
  async stopAll(options) {
    const { stopAll } = await daemonRoom();
    const done = await stopAll(options, await portsFor({ logLevel: 'warn', logFormat: 'pretty' }));
    const daemon = done.daemonStopped ? 'daemon stopped' : 'no daemon ran';
    const pods = `${done.podsRemoved} ${done.podsRemoved === 1 ? 'pod' : 'pods'} removed`;
    program.out(`${daemon}, ${pods}${done.containerdStopped ? ', private containerd stopped' : ''}\n`);
    return 0;
  },
  async withOwnNode(options, use) {
    const { withOwnNode } = await daemonRoom();
    return withOwnNode(options, await portsFor(options), use);
  },
  async deleteClaim(rootDir, claim) {
    const { removeClaim } = await daemonRoom();
    await removeClaim(rootDir, claim, await portsFor({ logLevel: 'error', logFormat: 'pretty' }));
  },
  async readManifests(files) {
    const { readNamedFiles } = await import('./manifest/index.ts');
    return readNamedFiles(files, () => text(process.stdin));
  },
  fetchStatus: (apiSocket) => fetchStatus(apiSocket),
  fetchWhy: (apiSocket, pod) => fetchWhy(apiSocket, pod),
  fetchEvents: (apiSocket, pod) => fetchEvents(apiSocket, pod),
  readKubeconfig: (rootDir) => readKubeconfig(rootDir),
};

const signals: Signals = { onFirst: (callback) => onFirst(['SIGTERM', 'SIGINT'], callback) };

/** The first signal ends what runs in good order, the second at once. */
function onFirst(names: readonly NodeJS.Signals[], callback: (signal: string) => void): void {
  let first = true;
  for (const signal of names) {
    process.on(signal, () => {
      if (!first) process.exit(128 + constants.signals[signal]);
      first = false;
      callback(signal);
    });
  }
}

/** With what it stands on it is most of the program: who only asks a daemon does without. */
function daemonRoom(): Promise<typeof import('./daemon/index.ts')> {
  return import('./daemon/index.ts');
}

async function portsFor(options: Pick<DaemonOptions, 'logLevel' | 'logFormat'>): Promise<NodePorts> {
  const { createLogger } = await daemonRoom();
  return { clock: systemClock, random: systemRandom, logger: createLogger(options), version };
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known && typeof manifest.version === 'string' ? manifest.version : 'unknown';
}

// What went wrong is told to who wrote it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Whoever reads our output may stop reading: `tinylet status | head` is no failure. */
function endWhereUnread(error?: Error | null): void {
  if (error) process.exit(errnoOf(error) === 'EPIPE' ? 0 : 1);
}

const exitCode = await runCli(process.argv.slice(2), process.env, program);
// A pipe takes 64 KiB at once, and the rest as its reader goes on: who exits before that cuts it off.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
