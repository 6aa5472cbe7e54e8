import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { Daemon } from './daemon.ts';
import { programPath } from './program.ts';

const run = promisify(execFile);
const LIMIT_MS = 60_000;

/** A shell of somebody who works beside a daemon: in a directory of its own, with `tinylet` on its PATH and the daemon's socket in $SOCK. */
export class OldShell {
  readonly directory: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(directory: string, env: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.#env = env;
  }

  /** `env` beside what the shell has anyway. */
  static async beside(daemon: Daemon, env: NodeJS.ProcessEnv = {}): Promise<OldShell> {
    const [directory, bin] = [join(daemon.base, 'work'), join(daemon.base, 'bin')];
    await Promise.all([mkdir(directory), mkdir(bin)]);
    const script = `#!/bin/sh\nexec ${process.execPath} ${await programPath()} "$@"\n`;
    await writeFile(join(bin, 'tinylet'), script);
    await chmod(join(bin, 'tinylet'), 0o755);
    const { PATH = '' } = process.env;
    return new OldShell(directory, {
      ...process.env,
      ...env,
      PATH: [bin, env.PATH, PATH].filter((part) => part !== undefined).join(':'),
      SOCK: daemon.apiSocket,
      TINYLET_API_SOCKET: daemon.apiSocket,
      TINYLET_ROOT_DIR: daemon.rootDir,
    });
  }

  /** What a line prints on stdout; rejects, with what it says on stderr, where it fails. */
  async out(line: string): Promise<string> {
    const script = `set -eo pipefail; ${line}`;
    const { stdout } = await run('bash', ['--norc', '-c', script], {
      ...{ cwd: this.directory, env: this.#env, timeout: LIMIT_MS },
    });
    return stdout;
  }

  write(name: string, content: string): Promise<void> {
    return writeFile(join(this.directory, name), content);
  }

  /** Writes what curl needs for the port with the token: `ca.pem`, and `curl.conf` with the URL's beginning told apart. Resolves to that. */
  async secureUrl(daemon: Daemon): Promise<string> {
    const config: Kubeconfig = parse(await readFile(join(daemon.rootDir, 'kubeconfig'), 'utf8'));
    const [{ cluster }] = config.clusters;
    const [{ user }] = config.users;
    await this.write('ca.pem', Buffer.from(cluster['certificate-authority-data'], 'base64').toString());
    await this.write('token', `Authorization: Bearer ${user.token}\n`);
    return cluster.server;
  }
}

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { server: string; 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}
