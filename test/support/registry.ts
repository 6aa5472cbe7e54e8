import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { RealRuntime } from './real-runtime.ts';

/** A real registry on loopback, empty at first. */
export interface TestRegistry {
  /** `127.0.0.1:<port>`: what stands before the names of its images. Runtimes speak plain HTTP to it. */
  readonly host: string;
  /** Puts an image in, as `<host>/<repository>:<tag>`, and resolves to that name. */
  push(image: PushedImage, name: string): Promise<string>;
  stop(): Promise<void>;
}

export interface PushedImage {
  /** An OCI archive with one image, such as docker/images/build.sh makes. */
  readonly archive: string;
  /** What takes the place of its configuration's fields: `{ User: '1000' }`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Who may use a registry that asks. The hash is bcrypt's, with the least rounds. */
export const registryUsers = {
  alice: {
    password: 'open sesame',
    hash: '$2b$04$HMmVxoMeEhqjrHAj2CZeEeqptBZSVaMOWs5vylmp6cq0L1.Kt9mFq',
  },
  bob: {
    password: 'shut sesame',
    hash: '$2b$04$QHCQd1l/7zYRPgHftsQGyuuZKKyuxCQzw3sIl1abHJD/f2b99H.NS',
  },
} as const;

export type RegistryUser = keyof typeof registryUsers;

const CHECKOUT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Starts Debian's docker-registry on a port of its own choice. With `users` only they may push and pull, else everyone. */
export async function startRegistry({
  users = [],
}: {
  users?: readonly RegistryUser[];
} = {}): Promise<TestRegistry> {
  const programs = join(CHECKOUT, '.cache/registry');
  await run(join(CHECKOUT, 'scripts/fetch-registry.sh'), [programs]);
  const directory = await mkdtemp(join(tmpdir(), 'tinylet-registry-'));
  const config = join(directory, 'config.json');
  await writeFile(
    join(directory, 'users'),
    users.map((name) => `${name}:${registryUsers[name].hash}\n`).join(''),
  );
  await writeFile(config, JSON.stringify(configuration(directory, users.length > 0)));
  const program = join(programs, 'usr/bin/docker-registry');
  // It ends with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, 'serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const host = await listening(child);
  const [user] = users;
  const authorization =
    user === undefined ? undefined : `Basic ${btoa(`${user}:${registryUsers[user].password}`)}`;
  return {
    host,
    async push(image, name) {
      await push(await unpack(image), { url: `http://${host}/v2`, name, authorization });
      return `${host}/${name}`;
    },
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes a runtime find a registry under a name of one's own, such as `registry.test` or even `docker.io`. */
export async function nameRegistry(
  runtime: RealRuntime,
  name: string,
  registry: TestRegistry,
): Promise<void> {
  const directory = join(runtime.rootDir, 'containerd/certs.d', name);
  await mkdir(directory, { recursive: true });
  const url = JSON.stringify(`http://${registry.host}`);
  await writeFile(
    join(directory, 'hosts.toml'),
    `server = ${url}\n[host.${url}]\n  capabilities = ["pull", "resolve"]\n`,
  );
}

/** The text of a docker config.json. */
export function dockerConfig(entries: Readonly<Record<string, RegistryUser>>): string {
  const auths = Object.entries(entries).map(([registry, user]) => [
    registry,
    { auth: btoa(`${user}:${registryUsers[user].password}`) },
  ]);
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}

function configuration(directory: string, asks: boolean): object {
  return {
    version: 0.1,
    log: { accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') } },
    http: { addr: '127.0.0.1:0', secret: 'test' },
    ...(asks && { auth: { htpasswd: { realm: 'test', path: join(directory, 'users') } } }),
  };
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('the log of the registry goes nowhere');
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (host === undefined) continue;
    child.stderr.resume();
    return host;
  }
  throw new Error(`the registry did not start: ${lines.join('\n')}`);
}

interface Blob {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

interface Image {
  readonly manifest: object;
  readonly mediaType: string;
  readonly blobs: readonly Blob[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

async function unpack({ archive, config: changes = {} }: PushedImage): Promise<Image> {
  const directory = await mkdtemp(join(tmpdir(), 'tinylet-oci-'));
  try {
    await run('tar', ['-xf', archive, '-C', directory]);
    const bytes = ({ digest }: Descriptor): Promise<Buffer> =>
      readFile(join(directory, 'blobs', digest.replace(':', '/')));
    const index: { manifests: Descriptor[] } = JSON.parse(
      await readFile(join(directory, 'index.json'), 'utf8'),
    );
    const [found] = index.manifests;
    if (found === undefined) throw new Error(`${archive} holds no image`);
    const manifest: Manifest = JSON.parse((await bytes(found)).toString());
    const original = JSON.parse((await bytes(manifest.config)).toString());
    const config = blobOf({ ...original, config: { ...original.config, ...changes } });
    const layers = manifest.layers.map(async (layer) => ({
      digest: layer.digest,
      bytes: await bytes(layer),
    }));
    const descriptor = { ...manifest.config, digest: config.digest, size: config.bytes.length };
    return {
      manifest: { ...manifest, config: descriptor },
      mediaType: found.mediaType,
      blobs: [config, ...(await Promise.all(layers))],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function blobOf(value: object): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes };
}

interface Target {
  readonly url: string;
  readonly name: string;
  readonly authorization: string | undefined;
}

/** The distribution API: each blob in one piece, then the manifest under its tag. */
async function push(
  { manifest, mediaType, blobs }: Image,
  { url, name, authorization }: Target,
): Promise<void> {
  const [repository, tag] = name.split(':');
  const send = async (method: string, to: string, body?: Uint8Array, type?: string): Promise<Response> => {
    const headers = {
      ...(authorization !== undefined && { authorization }),
      'content-type': type ?? 'application/octet-stream',
    };
    const answer = await fetch(to, { method, headers, ...(body !== undefined && { body }) });
    if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  for (const { digest, bytes } of blobs) {
    const upload = await send('POST', `${url}/${repository}/blobs/uploads/`);
    const location = new URL(upload.headers.get('location') ?? '', url);
    location.searchParams.set('digest', digest);
    await send('PUT', location.href, bytes);
  }
  await send('PUT', `${url}/${repository}/manifests/${tag}`, blobOf(manifest).bytes, mediaType);
}
