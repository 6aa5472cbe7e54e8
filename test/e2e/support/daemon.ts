import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fetchStatus } from '../../../src/client/index.ts';
import type { NodeReport, PodReport } from '../../../src/status/index.ts';
import { eventually } from './eventually.ts';
import { programPath } from './program.ts';

export interface DaemonSettings {
  /** A directory of its own; everything the daemon reads and writes is below it. */
  readonly base: string;
  /** The runtime's socket. */
  readonly socket: string;
  readonly namespace: string;
  readonly args?: readonly string[];
  /** Beside the variables of the tests. */
  readonly env?: NodeJS.ProcessEnv;
}

/** One line of the daemon's log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built program as a daemon on its own root directory, and its manifests. It may be started again and again. */
export class Daemon {
  readonly base: string;
  readonly namespace: string;
  readonly rootDir: string;
  readonly manifests: string;
  readonly logDir: string;
  readonly apiSocket: string;
  readonly socket: string;
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #ending: Promise<Ending> = Promise.resolve({ code: 0, signal: null });
  #output = '';

  constructor({ base, socket, namespace, args = [], env = {} }: DaemonSettings) {
    this.base = base;
    this.namespace = namespace;
    this.socket = socket;
    this.rootDir = join(base, 'root');
    this.manifests = join(base, 'manifests');
    this.logDir = join(base, 'log');
    this.apiSocket = join(base, 'api.sock');
    this.#args = args;
    this.#env = env;
  }

  /** The flags that tell where it lives, for the commands that need no daemon. */
  get place(): readonly string[] {
    return ['--root-dir', this.rootDir, '--log-dir', this.logDir, '--socket', this.socket];
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Everything it has written, of all its lives. */
  get output(): string {
    return this.#output;
  }

  get log(): readonly LogLine[] {
    return this.#output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  /** Starts the process and does not wait for anything. */
  async launch(...extra: readonly string[]): Promise<void> {
    const args = [
      '--manifests',
      this.manifests,
      ...this.place,
      '--api-socket',
      this.apiSocket,
      // Many run at once, and most are asked on their sockets only; who wants a port says so in args.
      '--api-addr',
      'off',
      '--log-format',
      'json',
      ...this.#args,
      ...extra,
    ];
    const child = spawn(process.execPath, [await programPath(), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk;
      });
    this.#child = child;
    this.#ending = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  }

  /** Starts it and waits until it has looked at everything once. */
  async start(...extra: readonly string[]): Promise<void> {
    await this.launch(...extra);
    const looked = eventually(async () => {
      expect((await this.status()).passes).toBeGreaterThan(0);
    });
    const ended = this.#ending.then(({ code, signal }) => {
      throw new Error(`the daemon ended with ${code ?? signal}:\n${this.#output}`);
    });
    await Promise.race([looked, ended]);
  }

  /** Sends a signal; resolves when the process is gone. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.#child?.kill(signal);
    return this.ended();
  }

  ended(): Promise<Ending> {
    return this.#ending;
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.end(signal);
    await this.start();
  }

  status(): Promise<NodeReport> {
    return fetchStatus(this.apiSocket);
  }

  /** Waits until everything was looked at anew, twice: whatever was to follow from what is now, has begun. */
  async passes(): Promise<NodeReport> {
    const before = (await this.status()).passes;
    return eventually(async () => {
      const report = await this.status();
      expect(report.passes).toBeGreaterThan(before + 2);
      return report;
    });
  }

  /** What the daemon tells of a pod that is wanted; fails where it tells of none. */
  async pod(name: string): Promise<PodReport> {
    const { pods } = await this.status();
    const found = pods.find(
      (pod) => pod.name === name && pod.namespace === this.namespace && !pod.terminating,
    );
    expect(found, `pod ${name} in the status`).toBeDefined();
    return found as PodReport;
  }

  /** Waits until every container of the pod runs and nothing is waited for. */
  running(name: string): Promise<PodReport> {
    return eventually(async () => {
      const pod = await this.pod(name);
      expect(pod.waiting).toEqual([]);
      expect(pod.containers.map(({ state }) => Object.keys(state))).toEqual(
        pod.containers.map(() => ['running']),
      );
      return pod;
    });
  }

  /** Waits until the pod waits for this. */
  waiting(name: string, reason: string): Promise<PodReport> {
    return eventually(async () => {
      const pod = await this.pod(name);
      expect(pod.waiting.map((wait) => wait.reason)).toContain(reason);
      return pod;
    });
  }

  /** Waits until it says this. */
  said(message: string): Promise<LogLine> {
    return eventually(() => {
      const line = this.log.find(({ msg }) => msg === message);
      expect(line, `"${message}" in the log`).toBeDefined();
      return line as LogLine;
    });
  }

  file(name: string): string {
    return join(this.manifests, name);
  }

  /** As a careful program writes: whole or not at all. */
  async write(name: string, content: string): Promise<void> {
    await writeFile(this.file(`.${name}.new`), content);
    await rename(this.file(`.${name}.new`), this.file(name));
  }

  remove(name: string): Promise<void> {
    return rm(this.file(name));
  }

  /** The random id that marks what is its own. */
  async owner(): Promise<string> {
    const owner: { id: string } = JSON.parse(await readFile(join(this.rootDir, 'owner.json'), 'utf8'));
    return owner.id;
  }
}
