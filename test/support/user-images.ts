import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../src/standalone/command.ts';

/** Images that differ from another only in the user they are made for. */
export interface UserImage {
  /** As an image's USER: `1234`, `nobody`. */
  readonly user: string;
  /** `tinylet.local/user-<user>:1`. */
  readonly image: string;
  /** An archive that containerd imports under that name. */
  readonly archive: string;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly [field: string]: unknown;
}

/**
 * Makes such an image of the archive of another, in the same directory; what is there already is taken, as long as it is of the
 * same archive.
 */
export async function userImage(baseArchive: string, directory: string, user: string): Promise<UserImage> {
  const digest = createHash('sha256')
    .update(await readFile(baseArchive))
    .digest('hex');
  const archive = join(directory, `user-${user}-${digest.slice(0, 12)}.tar`);
  const image = `tinylet.local/user-${user}:1`;
  if (!existsSync(archive)) await build({ baseArchive, archive, image, user });
  return { user, image, archive };
}

async function build(wanted: {
  baseArchive: string;
  archive: string;
  image: string;
  user: string;
}): Promise<void> {
  const layout = await mkdtemp(join(tmpdir(), 'tinylet-image-'));
  try {
    await run('tar', '-xf', wanted.baseArchive, '-C', layout);
    const index = await readJson<{ manifests: [Descriptor] }>(join(layout, 'index.json'));
    const [oldManifest] = index.manifests;
    const manifest = await readJson<{ config: Descriptor }>(blobFile(layout, oldManifest));
    const config = await readJson<{ config: object }>(blobFile(layout, manifest.config));
    const newConfig = await writeBlob(layout, manifest.config, {
      ...config,
      config: { ...config.config, User: wanted.user },
    });
    const newManifest = await writeBlob(layout, oldManifest, { ...manifest, config: newConfig });
    const annotations = {
      'io.containerd.image.name': wanted.image,
      'org.opencontainers.image.ref.name': '1',
    };
    await writeFile(
      join(layout, 'index.json'),
      JSON.stringify({ ...index, manifests: [{ ...newManifest, annotations }] }),
    );
    // Another test process may make the same at this moment.
    const unfinished = `${wanted.archive}.${process.pid}`;
    await run('tar', '-cf', unfinished, '-C', layout, 'oci-layout', 'index.json', 'blobs');
    await rename(unfinished, wanted.archive);
  } finally {
    await rm(layout, { recursive: true });
  }
}

async function writeBlob(layout: string, old: Descriptor, content: object): Promise<Descriptor> {
  const text = JSON.stringify(content);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const descriptor = { ...old, digest, size: Buffer.byteLength(text) };
  await writeFile(blobFile(layout, descriptor), text);
  return descriptor;
}

function blobFile(layout: string, { digest }: Descriptor): string {
  return join(layout, 'blobs', digest.replace(':', '/'));
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { ok, problem } = await runCommand(program, args);
  if (!ok) throw new Error(`${program} ${args.join(' ')}: ${problem}`);
}
