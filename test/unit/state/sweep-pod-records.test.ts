import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepPodRecords } from '../../../src/state/index.ts';

test('only what a crash left behind is cleared', async ({ onTestFinished }) => {
  const rootDir = await mkdtemp(join(tmpdir(), 'tlu-'));
  onTestFinished(() => rm(rootDir, { recursive: true }));
  await sweepPodRecords(rootDir);
  const files = {
    recorded: ['record.json', '.record.json.1.tmp'],
    empty: [],
    unfinished: ['.record.json.7.tmp'],
    used: ['.record.json.7.tmp', 'volume'],
  };
  for (const [uid, names] of Object.entries(files)) {
    await mkdir(join(rootDir, 'pods', uid), { recursive: true });
    for (const name of names) await writeFile(join(rootDir, 'pods', uid, name), '');
  }
  await sweepPodRecords(rootDir);
  expect((await readdir(join(rootDir, 'pods'))).sort()).toEqual(['recorded', 'used']);
  expect(await readdir(join(rootDir, 'pods', 'used'))).toEqual(['volume']);
});
