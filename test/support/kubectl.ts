import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const CHECKOUT = resolve(import.meta.dirname, '../..');
/** A kubectl that waits for ever is a failure, and says so. */
const LIMIT_MS = 60_000;
const run = promisify(execFile);

export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlWishes {
  readonly stdin?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Ends it with SIGTERM as soon as it has printed this. */
  readonly until?: (stdout: string) => boolean;
  /** Ends it with SIGTERM. */
  readonly signal?: AbortSignal;
}

/** Suites of Debian, and what each has: its newest, and 1.32. */
export type KubectlSuite = 'unstable' | 'trixie';

/** Debian's kubectl, unpacked privately, with a home and a cache of its own. */
export class Kubectl {
  readonly program: string;
  /** `1.36.4+ds-1`: recorded with the results, not pinned. */
  readonly version: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #home: string;

  private constructor(program: string, version: string, given: { kubeconfig: string; home: string }) {
    this.program = program;
    this.version = version;
    this.#home = given.home;
    this.#env = {
      PATH: process.env.PATH,
      HOME: given.home,
      KUBECONFIG: given.kubeconfig,
      KUBECACHEDIR: join(given.home, 'cache'),
    };
  }

  static async of(suite: KubectlSuite, given: { kubeconfig: string; home: string }): Promise<Kubectl> {
    const directory = join(CHECKOUT, '.cache', `kubectl-${suite}`);
    await run(join(CHECKOUT, 'scripts/fetch-program.sh'), ['kubectl', suite, directory]);
    await mkdir(given.home, { recursive: true });
    const version = (await readFile(join(directory, 'version'), 'utf8')).trim();
    return new Kubectl(join(directory, 'usr/bin/kubectl'), version, given);
  }

  /** Never rejects for what kubectl says; it is killed when it takes longer than a minute, and its code is null then. */
  run(
    args: readonly string[],
    { stdin, env, cwd, signal, until }: KubectlWishes = {},
  ): Promise<KubectlResult> {
    return new Promise((done, reject) => {
      const child = spawn(this.program, args, {
        cwd: cwd ?? this.#home,
        env: { ...this.#env, ...env },
        timeout: LIMIT_MS,
        ...(signal && { signal }),
      });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => {
        out.push(chunk);
        if (until?.(Buffer.concat(out).toString())) child.kill();
      });
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.once('error', (error) => (signal?.aborted ? undefined : reject(error)));
      child.once('close', (code) => {
        const [stdout, stderr] = [Buffer.concat(out).toString(), Buffer.concat(err).toString()];
        done({ code, stdout, stderr });
      });
      // Who ends without reading all of it is no failure of ours.
      child.stdin.on('error', () => undefined);
      child.stdin.end(stdin);
    });
  }
}
