import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Daemon } from './daemon.ts';
import { eventually } from './eventually.ts';
import { type Finished, programPath, runTinylet } from './program.ts';

/** A command that is under way. */
export interface Started {
  readonly child: ChildProcess;
  /** All that it has written to stdout so far. */
  out(): string;
  err(): string;
  readonly ended: Promise<Omit<Finished, 'code'> & { readonly code: number | NodeJS.Signals | null }>;
}

/** The program's commands as a user of a daemon types them. */
export class Cli {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** Runs a command line to its end. */
  run(words: readonly string[], input?: string): Promise<Finished> {
    return runTinylet(words, { ...(input !== undefined && { input }), env: this.#env });
  }

  /** Begins one. Its stdin stays open. */
  async start(words: readonly string[]): Promise<Started> {
    const child = spawn(process.execPath, [await programPath(), ...words], {
      env: { ...process.env, ...this.#env },
    });
    const heard = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        heard[name] += chunk;
      });
    const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, ...heard }));
    return { child, out: () => heard.stdout, err: () => heard.stderr, ended };
  }

  /** On a terminal of 33 lines and 101 columns, where somebody types once `awaited` is to be seen. */
  async onTerminal(
    words: readonly string[],
    { typed = '', awaited = '', after = '' }: { typed?: string; awaited?: string; after?: string } = {},
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const quoted = [process.execPath, await programPath(), ...words].map(
      (word) => `'${word.replaceAll("'", `'\\''`)}'`,
    );
    const line = `stty rows 33 cols 101; ${quoted.join(' ')}; code=$?; ${after} exit $code`;
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      env: { ...process.env, ...this.#env, TERM: 'xterm', SHELL: '/bin/sh' },
    });
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk;
    });
    const ended = once(child, 'exit');
    if (typed !== '') {
      const isSeen = eventually(() => expect(seen).toContain(awaited));
      await Promise.race([isSeen, ended]);
      child.stdin.write(typed);
    }
    const [[code]] = await Promise.all([ended, text(child.stderr)]);
    return { code, output: seen };
  }

  get #env(): NodeJS.ProcessEnv {
    const { apiSocket, rootDir, logDir, socket, namespace } = this.#daemon;
    return {
      TINYLET_API_SOCKET: apiSocket,
      TINYLET_ROOT_DIR: rootDir,
      TINYLET_LOG_DIR: logDir,
      TINYLET_SOCKET: socket,
      TINYLET_NAMESPACE: namespace,
    };
  }
}
