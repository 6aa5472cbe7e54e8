import { execFile } from 'node:child_process';
import { type Clock, errnoOf, TinyletError } from '../base/index.ts';
import type { AuthConfig } from '../cri/index.ts';

const DEADLINE_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;
/** By which a helper says that it has an identity token and no password. */
const TOKEN_USER = '<token>';

/**
 * Asks `docker-credential-<name>` for what it keeps for a registry, as docker does: the registry on its input, JSON on its output.
 * Undefined where it has nothing. Rejects with CREDENTIALS, in words that repeat nothing of what it said.
 */
export async function askDockerCredential(
  name: string,
  registry: string,
  clock: Clock,
): Promise<AuthConfig | undefined> {
  if (!/^[a-z0-9._-]+$/.test(name)) throw failed('a credential helper', 'has a name that cannot be one');
  const program = `docker-credential-${name}`;
  const { error, output, late } = await run(program, registry, clock);
  if (late) throw failed(program, `did not answer in ${DEADLINE_MS / 1000} s`);
  if (error === null) return readAnswer(program, output);
  if (/^credentials not found/i.test(output)) return undefined;
  throw failed(program, errnoOf(error) === 'ENOENT' ? 'is not in PATH' : 'failed');
}

interface Run {
  readonly error: unknown;
  readonly output: string;
  readonly late: boolean;
}

function run(program: string, input: string, clock: Clock): Promise<Run> {
  const deadline = new AbortController();
  const timer = clock.setTimer(DEADLINE_MS, () => deadline.abort());
  const options = { signal: deadline.signal, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
  return new Promise((resolve) => {
    const child = execFile(program, ['get'], options, (error, stdout) => {
      timer.cancel();
      resolve({ error, output: stdout.trim(), late: deadline.signal.aborted });
    });
    // One that ends without reading its input breaks the pipe; its exit says what was wrong.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function readAnswer(program: string, output: string): AuthConfig | undefined {
  const { Username: username, Secret: secret } = parsed(output);
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw failed(program, 'answered something that is no credentials');
  if (username === '' && secret === '') return undefined;
  return username === TOKEN_USER ? { identity_token: secret } : { username, password: secret };
}

function parsed(text: string): { readonly Username?: unknown; readonly Secret?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function failed(program: string, what: string): TinyletError {
  return new TinyletError('CREDENTIALS', `${program} ${what}`);
}
