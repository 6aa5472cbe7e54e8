import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import {
  fileLogDirectories,
  filePodLogs,
  notedPodLogs,
  OrphanedLogs,
  type OrphanedLogsPorts,
} from '../../../src/logs/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { ToldLogger } from './rotation-rig.ts';

let root = '';
let logDir = '';
let logger: ToldLogger;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-orphans-'));
  logDir = join(root, 'pods');
  logger = new ToldLogger();
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const uids = (...names: readonly string[]) => new Set(names.map(asPodUid));

/** Directories that tinylet made, each with a log. */
async function make(...names: readonly string[]): Promise<void> {
  const logs = notedPodLogs(filePodLogs, fileLogDirectories(root, silentLogger));
  for (const name of names) {
    const directory = join(logDir, name);
    await logs.prepare({ directory, container: 'app' });
    await writeFile(join(directory, 'app', '0.log'), '');
  }
}

/** A daemon that starts on what is there. */
function orphaned(ports: Partial<OrphanedLogsPorts> = {}): OrphanedLogs {
  const directories = fileLogDirectories(root, silentLogger);
  return new OrphanedLogs({
    ...{ directories, logger, logs: notedPodLogs(filePodLogs, directories) },
    pods: () => ({ complete: true, knownUids: uids() }),
    present: async () => uids(),
    ...ports,
  });
}

async function look(orphans: OrphanedLogs, times = 2): Promise<void> {
  for (let time = 0; time < times; time += 1) await orphans.look(new AbortController().signal);
}

test('what nobody knows goes at the second look, with its note, and it is said why', async () => {
  await make('default_web_1');
  const orphans = orphaned();
  await look(orphans, 1);
  expect(await readdir(logDir)).toEqual(['default_web_1']);
  await look(orphans, 1);
  expect(await readdir(logDir)).toEqual([]);
  expect(await readdir(join(root, 'log-directories'))).toEqual([]);
  expect(logger.told).toEqual([
    {
      ...{ level: 'info', message: 'orphaned log directory removed', uid: '1' },
      file: join(logDir, 'default_web_1'),
      reason: 'no manifest, no record and no container is of this pod',
    },
  ]);
});

describe('a directory stays', () => {
  test.each<[string, Partial<OrphanedLogsPorts>]>([
    ['whose pod is known', { pods: () => ({ complete: true, knownUids: uids('1') }) }],
    ['while not everything was read', { pods: () => ({ complete: false, knownUids: uids() }) }],
    ['whose pod has a container in the runtime, whoever made it', { present: async () => uids('1') }],
  ])('%s', async (_case, ports) => {
    await make('default_web_1');
    await look(orphaned(ports), 3);
    expect(await readdir(logDir)).toEqual(['default_web_1']);
    expect(logger.told).toEqual([]);
  });

  test('that is not noted, like those of a kubelet', async () => {
    await make('default_web_1');
    await mkdir(join(logDir, 'kube-system_dns_2'));
    await look(orphaned());
    expect(await readdir(logDir)).toEqual(['kube-system_dns_2']);
  });

  test('where the runtime cannot be asked, which is told', async () => {
    await make('default_web_1');
    await look(orphaned({ present: () => Promise.reject(new Error('no answer')) }), 1);
    expect(logger.warnings).toEqual(['orphaned logs cannot be looked for: no answer']);
    expect(await readdir(logDir)).toEqual(['default_web_1']);
  });

  test('of a pod that begins anew meanwhile', async () => {
    await make('default_web_1');
    let isKnown = false;
    const orphans = orphaned({
      pods: () => ({ complete: true, knownUids: isKnown ? uids('1') : uids() }),
      present: async () => {
        isKnown = true;
        return uids();
      },
    });
    await look(orphans, 1);
    isKnown = false;
    await look(orphans, 1);
    expect(await readdir(logDir)).toEqual(['default_web_1']);
  });
});

test('a pod that was renamed leaves nothing once it is gone', async () => {
  await make('default_web_1', 'default_site_1');
  await look(orphaned());
  expect(await readdir(logDir)).toEqual([]);
});

test('ten go at a time, and what will not go is told once and holds up no other', async () => {
  await make(...Array.from({ length: 12 }, (_, index) => `default_web_${10 + index}`));
  const directories = fileLogDirectories(root, silentLogger);
  const logs = notedPodLogs(filePodLogs, directories);
  const orphans = orphaned({
    directories,
    logs: {
      removePod: (directory) =>
        basename(directory) < 'default_web_14'
          ? Promise.reject(new Error('something is mounted at app'))
          : logs.removePod(directory),
    },
  });
  await look(orphans);
  expect(await readdir(logDir)).toHaveLength(6);
  await look(orphans);
  expect((await readdir(logDir)).sort()).toEqual([10, 11, 12, 13].map((uid) => `default_web_${uid}`));
  expect(logger.warnings).toEqual(
    Array.from({ length: 4 }, () => 'orphaned log directory cannot be removed: something is mounted at app'),
  );
});

test('a link in its place goes, and what it leads to stays', async () => {
  await make('default_web_1', 'default_web_2');
  await mkdir(join(root, 'elsewhere'));
  await writeFile(join(root, 'elsewhere', 'precious'), '');
  await rm(join(logDir, 'default_web_1'), { recursive: true });
  await symlink(join(root, 'elsewhere'), join(logDir, 'default_web_1'));
  await symlink(join(root, 'elsewhere'), join(logDir, 'default_web_2/app/link'));
  await look(orphaned());
  expect(await readdir(logDir)).toEqual([]);
  expect(await readdir(join(root, 'elsewhere'))).toEqual(['precious']);
});

test('a note whose directory is gone is forgotten', async () => {
  await make('default_web_1');
  await rm(logDir, { recursive: true });
  await look(orphaned());
  expect(await readdir(join(root, 'log-directories'))).toEqual([]);
});

test('nothing more is removed once it is to end', async () => {
  await make('default_web_1');
  const orphans = orphaned();
  await look(orphans, 1);
  await orphans.look(AbortSignal.abort());
  expect(await readdir(logDir)).toEqual(['default_web_1']);
});
