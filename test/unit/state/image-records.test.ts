import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LogFields, silentLogger } from '../../../src/base/index.ts';
import { fileImageRecords, type ImageRecord } from '../../../src/state/index.ts';
import { freshRootDir } from './temporary.ts';

const record: ImageRecord = { id: 'sha256:1', names: ['reg.test/a:1'], pulledAtMs: 1_767_268_800_000 };

const fresh = freshRootDir();

function rig() {
  const rootDir = fresh.path;
  const warnings: string[] = [];
  const warn = (_fields: LogFields, message: string): void => void warnings.push(message);
  return { rootDir, warnings, records: fileImageRecords(rootDir, { ...silentLogger, warn }) };
}

test('what was saved is loaded, and is nobody else to read', async () => {
  const { rootDir, records, warnings } = rig();
  expect(await records.load()).toEqual([]);
  await records.save([record]);
  expect(await records.load()).toEqual([record]);
  expect((await stat(join(rootDir, 'pulled-images.json'))).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

test.each([
  ['not JSON', '{', 'record of images cannot be read: ignored'],
  ['of another version', '{"version":2,"images":[]}', 'record of images is not of this version: ignored'],
  ['no list', '{"version":1,"images":{}}', 'record of images is not of this version: ignored'],
  [
    'an entry without an id',
    '{"version":1,"images":[{}]}',
    'record of images is not of this version: ignored',
  ],
  [
    'names that are none',
    '{"version":1,"images":[{"id":"a","pulledAtMs":1,"names":[1]}]}',
    'record of images is not of this version: ignored',
  ],
])('a file that is %s counts as lost', async (_case, text, warning) => {
  const { rootDir, records, warnings } = rig();
  await writeFile(join(rootDir, 'pulled-images.json'), text);
  expect(await records.load()).toEqual([]);
  expect(warnings).toEqual([warning]);
});

test('what cannot be written is STATE_IO, and the old file stays', async () => {
  const { rootDir, records } = rig();
  await records.save([record]);
  await mkdir(join(rootDir, `.pulled-images.json.${process.pid}.tmp`));
  await expect(records.save([])).rejects.toMatchObject({ code: 'STATE_IO' });
  expect(JSON.parse(await readFile(join(rootDir, 'pulled-images.json'), 'utf8')).images).toEqual([record]);
});
