import { mkdir, readdir, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asPodUid } from '../../../src/pod/index.ts';
import { filePodRecords } from '../../../src/state/index.ts';
import { makeRecord, nowMs, stopsBegun, uid } from '../plan/base.ts';
import { keepingLogger } from '../reconcile/rig.ts';
import { freshRootDir } from './temporary.ts';

const root = freshRootDir();

function rig() {
  const logger = keepingLogger();
  return { records: filePodRecords(root.path, logger), lines: logger.lines };
}

test('there are no records at first', async () => {
  expect(await rig().records.load()).toEqual([]);
});

test('a record is kept as it was given, also by the next daemon; a later one takes its place', async () => {
  const { records } = rig();
  await records.save(makeRecord());
  const record = makeRecord({ deletionStartedAtMs: nowMs, stops: stopsBegun(30, 'app') });
  await records.save(record);
  await records.save(makeRecord({ uid: asPodUid('other') }));
  const { records: later, lines } = rig();
  const loaded = await later.load();
  expect(loaded).toHaveLength(2);
  expect(loaded).toContainEqual(record);
  expect(loaded).toContainEqual(makeRecord({ uid: asPodUid('other') }));
  expect(lines).toEqual([]);
});

test('it is private, and written whole: nothing else is in its directory', async () => {
  await rig().records.save(makeRecord());
  const directory = join(root.path, 'pods', uid);
  expect(await readdir(directory)).toEqual(['record.json']);
  expect((await stat(join(directory, 'record.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('a removed record is gone with its directory; removing it again is no harm', async () => {
  const { records } = rig();
  await records.save(makeRecord());
  await records.remove(uid);
  await records.remove(uid);
  expect(await readdir(join(root.path, 'pods'))).toEqual([]);
});

test('a directory in which there is something else keeps its record, and both go when that is gone', async () => {
  const { records } = rig();
  await records.save(makeRecord());
  const left = join(root.path, 'pods', uid, 'volumes');
  await mkdir(left);
  await expect(records.remove(uid)).rejects.toMatchObject({
    code: 'STATE_IO',
    message: expect.stringContaining('volumes'),
  });
  expect(await rig().records.load()).toEqual([makeRecord()]);
  await rmdir(left);
  await records.remove(uid);
  expect(await readdir(join(root.path, 'pods'))).toEqual([]);
});

test('what a crash left of a record that was being written goes with it', async () => {
  const { records } = rig();
  await records.save(makeRecord());
  await writeFile(join(root.path, 'pods', uid, '.record.json.1.tmp'), '{');
  await records.remove(uid);
  expect(await readdir(join(root.path, 'pods'))).toEqual([]);
});

test('a pod that was ended, and the ids of its users, are kept as they were given', async () => {
  const { records } = rig();
  const ended = { reason: 'Evicted', message: 'too much', atMs: nowMs } as const;
  const record = makeRecord({ ended, usersBase: 65_536, changedAtMs: nowMs });
  await records.save(record);
  expect(await rig().records.load()).toEqual([record]);
});

const { pod, ...withoutPod } = makeRecord();
const { stops: _stops, ...withoutStops } = makeRecord();

test.each<[string, string]>([
  ['torn', '{"version":1,'],
  ['empty', ''],
  ['null', 'null'],
  ['of another version', JSON.stringify({ ...makeRecord(), version: 2 })],
  ["another pod's", JSON.stringify(makeRecord({ uid: asPodUid('other') }))],
  ['without the manifest', JSON.stringify(withoutPod)],
  ['with half a manifest', JSON.stringify({ ...withoutPod, pod: { metadata: pod.metadata } })],
  ['without its stops', JSON.stringify(withoutStops)],
])('a record that is %s counts as lost and is told of; the others are read', async (_case, text) => {
  const { records, lines } = rig();
  const other = makeRecord({ uid: asPodUid('other') });
  await records.save(other);
  await mkdir(join(root.path, 'pods', uid));
  await writeFile(join(root.path, 'pods', uid, 'record.json'), text);
  expect(await records.load()).toEqual([other]);
  expect(lines).toMatchObject([{ level: 'warn', file: join(root.path, 'pods', uid, 'record.json') }]);
});

test('a directory without a record is a removal that a crash interrupted: no word about it', async () => {
  await mkdir(join(root.path, 'pods', uid), { recursive: true });
  const { records, lines } = rig();
  expect(await records.load()).toEqual([]);
  expect(lines).toEqual([]);
});

test('what cannot be read or written is a STATE_IO', async () => {
  await writeFile(join(root.path, 'pods'), '');
  const { records } = rig();
  await expect(records.load()).rejects.toMatchObject({ code: 'STATE_IO' });
  await expect(records.save(makeRecord())).rejects.toMatchObject({ code: 'STATE_IO' });
});
