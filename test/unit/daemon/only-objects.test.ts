import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { besideUnread, otherThanObjects, recordedSources } from '../../../src/daemon/only-objects.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { fileObjectRecords, filePodRecords } from '../../../src/state/index.ts';
import { makePod } from '../plan/base.ts';

test('sources on record are known, but for the objects of the API', async () => {
  const rootDir = await mkdtemp(join(tmpdir(), 'only-'));
  onTestFinished(() => rm(rootDir, { recursive: true }));
  await mkdir(join(rootDir, 'pods'));
  const records = filePodRecords(rootDir, silentLogger);
  const files = ['/etc/m/a.yaml', '/etc/m/b.yaml', 'https://x.example/pods', join(rootDir, 'objects/p.json')];
  for (const [index, file] of files.entries()) {
    const uid = asPodUid(`u${index}`);
    const pod = makePod({ metadata: { name: `p${index}` } });
    const name = { namespace: 'default', name: `p${index}` };
    await records.save({ version: 1, uid, ...name, file, pod, createdAtMs: 0, stops: {} });
  }
  const metadata = { namespace: 'default', name: 'c', labels: {}, annotations: {} };
  const object = { kind: 'ConfigMap', metadata, data: new Map(), binaryData: new Map(), immutable: false };
  const text = JSON.stringify(
    { version: 1, objects: [{ object, file: '/srv/c.yaml', line: 1 }] },
    (_, value: unknown) => (value instanceof Map ? { $entries: [...value] } : value),
  );
  await writeFile(join(rootDir, 'last-good-objects.json'), text);
  expect(await fileObjectRecords(rootDir, silentLogger).load()).toHaveLength(1);
  const sources = await recordedSources(rootDir, { logger: silentLogger });
  expect([...sources].sort()).toEqual(['/etc/m', '/srv', 'https://x.example/pods']);
  expect(['/etc/m', join(rootDir, 'objects'), ''].map(otherThanObjects(rootDir))).toEqual([
    true,
    false,
    true,
  ]);
});

test('of other sources nothing is known', async () => {
  const directory = { state: 'read', directory: '/objects', files: [], warnings: [] } as const;
  const manifests = besideUnread({ load: async () => ({ directories: [directory] }) }, ['/etc/m']);
  expect(await manifests.load()).toEqual({
    directories: [directory, { state: 'unreadable', directory: '/etc/m', reason: 'left to the daemon' }],
  });
});
