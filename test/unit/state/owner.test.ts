import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asOwnerId } from '../../../src/pod/index.ts';
import { ensureOwnership, readOwnership, writeOwnership } from '../../../src/state/index.ts';
import { freshRootDir } from './temporary.ts';

const root = freshRootDir();
const chance = (uuid: string) => ({ uuid: () => uuid, unit: () => 0 });

test('an owner is made once and stays, also in a root directory that is yet to be', async () => {
  const path = join(root.path, 'new');
  expect(await readOwnership(path)).toBeUndefined();
  expect(await ensureOwnership(path, chance('first'))).toEqual({ id: 'first', adopted: [] });
  expect(await ensureOwnership(path, chance('second'))).toEqual({ id: 'first', adopted: [] });
  expect(JSON.parse(await readFile(join(path, 'owner.json'), 'utf8'))).toEqual({ id: 'first', adopted: [] });
});

test('adopted owners are kept', async () => {
  const ownership = { id: asOwnerId('me'), adopted: [asOwnerId('them')] };
  await writeOwnership(root.path, ownership);
  expect(await readOwnership(root.path)).toEqual(ownership);
});

test.each(['', '{', '[]', 'null', '{}', '{"id":""}', '{"id":7}'])(
  'an owner file with %o stops the start: a new id would orphan every pod',
  async (text) => {
    await writeFile(join(root.path, 'owner.json'), text);
    await expect(ensureOwnership(root.path, chance('new'))).rejects.toMatchObject({ code: 'STATE_IO' });
    expect(await readFile(join(root.path, 'owner.json'), 'utf8')).toBe(text);
  },
);

test('an owner file that cannot be read stops the start', async () => {
  await mkdir(join(root.path, 'owner.json'));
  await expect(ensureOwnership(root.path, chance('new'))).rejects.toMatchObject({ code: 'STATE_IO' });
});

test('adopted owners of another shape are left out', async () => {
  await writeFile(join(root.path, 'owner.json'), '{"id":"me","adopted":["a",7]}');
  expect(await readOwnership(root.path)).toEqual({ id: 'me', adopted: ['a'] });
  await writeFile(join(root.path, 'owner.json'), '{"id":"me","adopted":"a"}');
  expect(await readOwnership(root.path)).toEqual({ id: 'me', adopted: [] });
});
