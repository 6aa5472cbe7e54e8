import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PersistentVolumeClaim, RuntimeClass } from '../../../src/pod/index.ts';
import { fileObjectRecords, type ObjectRecord } from '../../../src/state/index.ts';
import { configMap, secret } from '../../fakes/side-objects.ts';
import { keepingLogger } from '../reconcile/rig.ts';
import { freshRootDir } from './temporary.ts';

const root = freshRootDir();
const path = () => join(root.path, 'last-good-objects.json');

function rig() {
  const logger = keepingLogger();
  return { records: fileObjectRecords(root.path, logger), lines: logger.lines };
}

const settings = configMap('settings', { mode: 'fast' }, { immutable: true });
const keys = secret('keys', { password: 'hunter2' });
const claim: PersistentVolumeClaim = {
  kind: 'PersistentVolumeClaim',
  metadata: { ...settings.metadata, name: 'disk' },
  accessModes: ['ReadWriteOnce'],
  storage: '1Gi',
};
const runtime: RuntimeClass = {
  ...{ kind: 'RuntimeClass', handler: 'kata', overhead: { memory: '64Mi' } },
  metadata: { ...settings.metadata, name: 'vm', namespace: '' },
};
const all: readonly ObjectRecord[] = [settings, keys, claim, runtime].map((object, index) => ({
  ...{ object, file: '/m/a.yaml', line: index + 1 },
}));

test('there are none at first, which is nothing to tell of', async () => {
  const { records, lines } = rig();
  expect(await records.load()).toEqual([]);
  expect(lines).toEqual([]);
});

test('objects are kept as they were given, whatever their keys are called; later ones take their place', async () => {
  const odd = {
    ...settings,
    data: new Map([
      ['__proto__', 'x'],
      ['$entries', 'y'],
    ]),
  };
  const records = [{ object: odd, file: '/m/a.yaml', line: 1 }, ...all.slice(1)];
  await rig().records.save(all);
  await rig().records.save(records);
  expect(await rig().records.load()).toEqual(records);
});

test('the file is private, and nothing else is left beside it', async () => {
  await rig().records.save(all);
  expect((await stat(path())).mode & 0o777).toBe(0o600);
  expect(await readdir(root.path)).toEqual(['last-good-objects.json']);
});

test.each([
  ['torn', (text: string) => text.slice(0, -10)],
  ['empty', () => ''],
  ['null', () => 'null'],
  ['of another version', (text: string) => text.replace('"version":1', '"version":2')],
  ['with an object of no kind', (text: string) => text.replace('"kind":"Secret"', '"kind":"Sekret"')],
  ['with data that is no map', (text: string) => text.replaceAll('$entries', 'entries')],
  ['without a place', (text: string) => text.replaceAll('"line"', '"lines"')],
])(
  'a file that is %s counts as lost and is told of, without a word of what is in it',
  async (_case, spoil) => {
    await rig().records.save(all);
    await writeFile(path(), spoil(await readFile(path(), 'utf8')));
    const { records, lines } = rig();
    expect(await records.load()).toEqual([]);
    expect(lines).toMatchObject([{ level: 'warn', file: path() }]);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|aHVudGVyMg/);
  },
);

test('what cannot be written is a STATE_IO', async () => {
  await writeFile(join(root.path, 'file'), '');
  const records = fileObjectRecords(join(root.path, 'file'), keepingLogger());
  await expect(records.save(all)).rejects.toMatchObject({ code: 'STATE_IO' });
});
