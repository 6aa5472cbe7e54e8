import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const CACHE = join(CHECKOUT, '.cache');
const PREFIX = 'e2e-';
const KEEP_MS = 6 * 3_600_000;
const run = promisify(execFile);

/** How a command ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let built: Promise<string> | undefined;

/**
 * The program as it is built from the sources of this moment, in a directory of its own: dist/ may be older, and may be built
 * anew while tests run. TINYLET_DIST names another build to test.
 */
export function programPath(): Promise<string> {
  const { TINYLET_DIST: given } = process.env;
  built ??= given === undefined ? build() : Promise.resolve(resolve(given, 'main.js'));
  return built;
}

/** Runs a command to its end. */
export async function runTinylet(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [await programPath(), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  // A command that reads nothing may end before all is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

async function build(): Promise<string> {
  const target = join(CACHE, `${PREFIX}${await fingerprint()}`);
  const main = join(target, 'dist/main.js');
  if (existsSync(main)) return main;
  await sweep();
  const work = `${target}.${process.pid}`;
  await mkdir(work, { recursive: true });
  await compile(join(work, 'dist'));
  // The program looks for these beside dist/.
  for (const name of ['proto', 'package.json', 'node_modules'])
    await symlink(join(CHECKOUT, name), join(work, name));
  // Another test process may have been quicker.
  await rename(work, target).catch(() => rm(work, { recursive: true }));
  return main;
}

async function compile(outDir: string): Promise<void> {
  const tsc = join(CHECKOUT, 'node_modules/.bin/tsc');
  const failure = await run(tsc, ['-p', join(CHECKOUT, 'tsconfig.build.json'), '--outDir', outDir]).catch(
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
  // A type error is another suite's affair, unless nothing came out.
  if (!existsSync(join(outDir, 'main.js')))
    throw new Error(`the program cannot be built: ${JSON.stringify(failure)}`);
}

/** Of everything that goes into a build. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const sources = await readdir(join(CHECKOUT, 'src'), { recursive: true });
  const files = sources.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
  for (const file of [...files.sort(), 'tsconfig.json', 'tsconfig.build.json']) {
    hash.update(`${file}\0`).update(await readFile(join(CHECKOUT, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Removes builds that nobody uses any more. */
async function sweep(): Promise<void> {
  const names = await readdir(CACHE).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const path = join(CACHE, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > KEEP_MS)
      await rm(path, { recursive: true, force: true });
  }
}
