import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogFields, silentLogger } from '../../../src/base/index.ts';
import { runCommand } from '../../../src/standalone/command.ts';
import type { Host } from '../../../src/standalone/host.ts';
import { ImageImporter, offersImage } from '../../../src/standalone/images.ts';
import { type Layout, layoutOf } from '../../../src/standalone/layout.ts';

let root: string;
let layout: Layout;
let host: Host;
let calls: string;

/** A ctr that notes what it is asked and refuses archives whose name says so. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-images-'));
  layout = layoutOf(root);
  await mkdir(layout.imagesDir, { recursive: true });
  calls = join(root, 'calls');
  const ctr = join(root, 'ctr');
  await writeFile(
    ctr,
    `#!/bin/sh\necho "$@" >>${calls}\ncase "$*" in *broken*) echo "not an archive" >&2; exit 1;; esac\n`,
  );
  await chmod(ctr, 0o755);
  host = { containerd: '', ctr, path: '', cniBinDir: '', mayLowerOomScore: true };
});

afterEach(() => rm(root, { recursive: true }));

const put = (name: string, content = 'x') => writeFile(join(layout.imagesDir, name), content);

describe('ImageImporter', () => {
  it('imports archives in the order of their names, through the socket it is given', async () => {
    await Promise.all(['b.tar', 'a.tar', '.half.tar', 'notes.txt'].map((name) => put(name)));
    expect(await new ImageImporter(layout, host, silentLogger).importNew('/s')).toEqual(['a.tar', 'b.tar']);
    expect((await readFile(calls, 'utf8')).split('\n')[0]).toBe(
      `--address /s --namespace k8s.io images import ${layout.imagesDir}/a.tar`,
    );
  });

  it('imports an archive again only when it changed, also over a restart', async () => {
    await put('a.tar');
    const importer = new ImageImporter(layout, host, silentLogger);
    expect(await importer.importNew('/s')).toEqual(['a.tar']);
    expect(await importer.importNew('/s')).toEqual([]);
    expect(await new ImageImporter(layout, host, silentLogger).importNew('/s')).toEqual([]);
    await utimes(join(layout.imagesDir, 'a.tar'), 1, 1);
    expect(await importer.importNew('/s')).toEqual(['a.tar']);
  });

  it('forgets with the root of containerd, where the images were', async () => {
    await put('a.tar');
    await new ImageImporter(layout, host, silentLogger).importNew('/s');
    await rm(layout.dataDir, { recursive: true });
    expect(await new ImageImporter(layout, host, silentLogger).importNew('/s')).toEqual(['a.tar']);
  });

  it('reports a broken archive once per change and imports the others', async () => {
    const errors: LogFields[] = [];
    const importer = new ImageImporter(layout, host, {
      ...silentLogger,
      error: (fields) => errors.push(fields),
    });
    await Promise.all(['a-broken.tar', 'b.tar'].map((name) => put(name)));
    expect(await importer.importNew('/s')).toEqual(['b.tar']);
    expect(await importer.importNew('/s')).toEqual([]);
    expect(errors).toEqual([{ file: join(layout.imagesDir, 'a-broken.tar'), err: 'not an archive' }]);
  });

  it('runs one import at a time', async () => {
    await put('a.tar');
    const importer = new ImageImporter(layout, host, silentLogger);
    await Promise.all([importer.importNew('/s'), importer.importNew('/s')]);
    expect((await readFile(calls, 'utf8')).trim().split('\n')).toHaveLength(1);
  });
});

describe('offersImage', () => {
  it('reads the names out of the archives', async () => {
    await writeFile(
      join(root, 'index.json'),
      '{"annotations":{"io.containerd.image.name":"tinylet.local/pause:1"}}',
    );
    await put('a.tar', 'no archive at all');
    await runCommand('tar', ['-C', root, '-cf', join(layout.imagesDir, 'b.tar'), 'index.json']);
    expect(await offersImage(layout.imagesDir, 'tinylet.local/pause:1')).toBe(true);
    expect(await offersImage(layout.imagesDir, 'tinylet.local/pause:2')).toBe(false);
    expect(await offersImage('/nowhere', 'tinylet.local/pause:1')).toBe(false);
  });
});
