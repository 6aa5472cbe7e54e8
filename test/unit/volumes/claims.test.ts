import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deleteClaim, listClaims, type VolumeSetup } from '../../../src/volumes/index.ts';
import { modeAndOwner, notRoot, realVolumes, run, tree, uid } from './real.ts';

describe.skipIf(notRoot)('a claim', () => {
  const real = realVolumes();
  const at = (namespace: string, name: string, path = ''): string =>
    join(real.root, 'claims', namespace, name, path);
  const setUp = (namespace: string, ...names: readonly string[]): Promise<void> =>
    real.volumes.setUp(uid, {
      setups: names.map(
        (claim): VolumeSetup => ({
          ...{ kind: 'claim', volume: claim, namespace, claim },
          fsGroupChangePolicy: 'Always',
        }),
      ),
    });

  test('is a directory for everyone who can reach it', async () => {
    const umask = process.umask(0o077);
    await setUp('prod', 'db').finally(() => process.umask(umask));
    expect(modeAndOwner(at('prod', 'db'))).toBe('0777 0:0');
    expect(modeAndOwner(at('prod', ''))).toBe('0700 0:0');
    expect(modeAndOwner(join(real.root, 'claims'))).toBe('0700 0:0');
  });

  test('is made once: content and mode stay', async () => {
    await setUp('prod', 'db');
    writeFileSync(at('prod', 'db', 'kept'), 'yes');
    run('chmod', '0700', at('prod', 'db'));
    await setUp('prod', 'db');
    await setUp('prod');
    expect(tree(at('prod', 'db'))).toEqual({ kept: 'yes' });
    expect(modeAndOwner(at('prod', 'db'))).toBe('0700 0:0');
  });

  test('may be a link to where there is room', async () => {
    mkdirSync(join(real.root, 'big'));
    mkdirSync(at('prod', ''), { recursive: true });
    symlinkSync('../../big', at('prod', 'db'));
    const claim: VolumeSetup = {
      ...{ kind: 'claim', volume: 'v', namespace: 'prod', claim: 'db', fsGroup: 77 },
      fsGroupChangePolicy: 'Always',
    };
    await real.volumes.setUp(uid, { setups: [claim] });
    expect(modeAndOwner(join(real.root, 'big'))).toMatch(/ 0:77$/);
    writeFileSync(join(real.root, 'big/kept'), 'yes');
    expect(await deleteClaim(real.root, 'prod', 'db')).toBe(true);
    expect(tree(join(real.root, 'big'))).toEqual({ kept: 'yes' });
  });

  test('is listed in order', async () => {
    expect(await listClaims(real.root)).toEqual([]);
    await setUp('prod', 'db', 'cache');
    await setUp('dev', 'db');
    mkdirSync(at('prod', '.deleting-old'));
    expect(await listClaims(real.root)).toEqual([
      { namespace: 'dev', name: 'db', path: at('dev', 'db') },
      { namespace: 'prod', name: 'cache', path: at('prod', 'cache') },
      { namespace: 'prod', name: 'db', path: at('prod', 'db') },
    ]);
  });

  test('is deleted alone, and its namespace with the last', async () => {
    await setUp('prod', 'db', 'cache');
    mkdirSync(at('prod', 'db', 'deep/er'), { recursive: true });
    expect(await deleteClaim(real.root, 'prod', 'db')).toBe(true);
    expect(readdirSync(at('prod', ''))).toEqual(['cache']);
    expect(await deleteClaim(real.root, 'prod', 'db')).toBe(false);
    expect(await deleteClaim(real.root, 'prod', 'cache')).toBe(true);
    expect(readdirSync(join(real.root, 'claims'))).toEqual([]);
    expect(await deleteClaim(real.root, 'prod', 'cache')).toBe(false);
  });

  test('whose deletion was cut off is gone, and its rest goes with the next', async () => {
    await setUp('prod', 'db', 'cache');
    renameSync(at('prod', 'db'), at('prod', '.deleting-db'));
    expect((await listClaims(real.root)).map(({ name }) => name)).toEqual(['cache']);
    expect(await deleteClaim(real.root, 'prod', 'db')).toBe(false);
    expect(readdirSync(at('prod', ''))).toEqual(['cache']);
  });

  test('is not deleted through links and mounts', async () => {
    await setUp('prod', 'db');
    mkdirSync(join(real.root, 'outside'));
    writeFileSync(join(real.root, 'outside/file'), 'theirs');
    symlinkSync(join(real.root, 'outside'), at('prod', 'db', 'link'));
    mkdirSync(at('prod', 'db', 'bound'));
    run('mount', '--bind', join(real.root, 'outside'), at('prod', 'db', 'bound'));
    expect(await deleteClaim(real.root, 'prod', 'db')).toBe(true);
    expect(tree(join(real.root, 'outside'))).toEqual({ file: 'theirs' });
    expect(existsSync(at('prod', ''))).toBe(false);
  });

  test('that is a disk of its own is not deleted', async () => {
    await setUp('prod', 'db');
    run('mount', '-t', 'tmpfs', 'tmpfs', at('prod', 'db'));
    writeFileSync(at('prod', 'db', 'kept'), 'yes');
    await expect(deleteClaim(real.root, 'prod', 'db')).rejects.toMatchObject({
      code: 'VOLUME_TEARDOWN',
      message: expect.stringMatching(/^cannot delete the claim prod\/db: EBUSY/),
    });
    expect(tree(at('prod', 'db'))).toEqual({ kept: 'yes' });
  });

  test.each([
    ['..', 'x'],
    ['prod', '../db'],
    ['prod', ''],
    ['', 'db'],
    ['prod', '.deleting-db'],
    ['prod', 'a/b'],
  ])('%j %j is no name of one', async (namespace, name) => {
    await expect(deleteClaim(real.root, namespace, name)).rejects.toMatchObject({ code: 'VOLUME_TEARDOWN' });
  });
});
