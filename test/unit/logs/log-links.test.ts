import { lstat, mkdir, mkdtemp, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogLinks } from '../../../src/logs/index.ts';
import { linkName } from '../../../src/logs/log-links.ts';
import type { ContainerLog } from '../../../src/logs/ports.ts';
import { asContainerId, asPodUid } from '../../../src/pod/index.ts';
import { ToldLogger } from './rotation-rig.ts';

let root = '';
let logDir = '';
let linksDir = '';
let logger: ToldLogger;
/** Directories that are noted as ours. */
let own: string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-links-'));
  logDir = join(root, 'pods');
  linksDir = join(root, 'containers');
  logger = new ToldLogger();
  own = [join(logDir, 'default_web_uid')];
  await mkdir(logDir);
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function log(changed: Partial<ContainerLog> = {}): ContainerLog {
  const base = {
    ...{ id: asContainerId('c0'), uid: asPodUid('uid'), namespace: 'default', pod: 'web', container: 'app' },
    ...{ attempt: 0, running: true },
    ...changed,
  };
  return { directory: join(logDir, `${base.namespace}_${base.pod}_${base.uid}`), ...base };
}

function targetOf({ directory, container, attempt }: ContainerLog): string {
  return join(directory, container, `${attempt}.log`);
}

async function put(...logs: readonly ContainerLog[]): Promise<void> {
  for (const each of logs) {
    await mkdir(join(each.directory, each.container), { recursive: true });
    await writeFile(targetOf(each), '');
  }
}

/** A new one each time, as after a restart of the daemon. */
function sync(...logs: readonly ContainerLog[]): Promise<void> {
  const directories = { all: async () => new Map([[asPodUid('uid'), own]]) };
  return new LogLinks({ linksDir, logDir, directories, logger }).sync(logs);
}

/** Names and where they lead; empty for what is no link. */
async function links(): Promise<Record<string, string>> {
  const names = (await readdir(linksDir)).sort();
  const pairs = names.map(
    async (name): Promise<[string, string]> => [name, await readlink(join(linksDir, name)).catch(() => '')],
  );
  return Object.fromEntries(await Promise.all(pairs));
}

describe('the name of a link', () => {
  test.each<[string, Partial<ContainerLog>, string]>([
    ['has pod, namespace, container and id', {}, 'web_default_app-c0.log'],
    [
      'is cut to what a file name may have',
      { pod: 'p'.repeat(180), id: asContainerId('f'.repeat(64)) },
      `${'p'.repeat(180)}_default_app-${'f'.repeat(58)}.log`,
    ],
    [
      'loses even the container where the pod is that long',
      { pod: 'p'.repeat(253) },
      `${'p'.repeat(251)}.log`,
    ],
  ])('%s', (_case, changed, name) => {
    expect(linkName(log(changed))).toBe(name);
    expect(name.length).toBeLessThanOrEqual(255);
  });
});

test('containers get links, running or ended, and what has no log yet gets none', async () => {
  const [running, ended, created, elsewhere] = [
    log({ attempt: 1, id: asContainerId('c1') }),
    log({ running: false }),
    log({ container: 'new', id: asContainerId('c2'), running: false }),
    log({ container: 'old', id: asContainerId('c3') }),
  ];
  await put(running, ended);
  await sync(running, ended, created, elsewhere);
  expect(await links()).toEqual({
    'web_default_app-c0.log': targetOf(ended),
    'web_default_app-c1.log': targetOf(running),
  });
});

test('the directory is made with the first of them, for all to read', async () => {
  await sync();
  await expect(stat(linksDir)).rejects.toThrow('ENOENT');
  const umask = process.umask(0o077);
  try {
    await put(log());
    await sync(log());
  } finally {
    process.umask(umask);
  }
  expect((await stat(linksDir)).mode & 0o777).toBe(0o755);
});

test('what is right stays as it is', async () => {
  await put(log());
  await sync(log());
  const before = await lstat(join(linksDir, 'web_default_app-c0.log'));
  await sync(log());
  expect((await lstat(join(linksDir, 'web_default_app-c0.log'))).ino).toBe(before.ino);
});

describe('a link goes', () => {
  beforeEach(async () => {
    await put(log());
    await sync(log());
  });

  test("with the instance's log", async () => {
    await rm(targetOf(log()));
    await sync(log({ running: false }));
    expect(await links()).toEqual({});
  });

  test('with the instance', async () => {
    await rm(targetOf(log()));
    await sync();
    expect(await links()).toEqual({});
  });

  test('with the pod, of which nothing is noted any more', async () => {
    await rm(log().directory, { recursive: true });
    own = [];
    await sync();
    expect(await links()).toEqual({});
  });
});

describe('a link stays', () => {
  beforeEach(async () => {
    await put(log());
    await sync(log());
  });

  test('while the log of a running container is being rotated', async () => {
    await rm(targetOf(log()));
    await sync(log());
    expect(await links()).toEqual({ 'web_default_app-c0.log': targetOf(log()) });
  });

  test('as long as there is the log, whoever knows of the container', async () => {
    await sync();
    expect(await links()).toEqual({ 'web_default_app-c0.log': targetOf(log()) });
  });
});

test('one that leads to another log of ours is replaced', async () => {
  await put(log());
  await mkdir(linksDir);
  await symlink(join(logDir, 'default_web_old/app/0.log'), join(linksDir, 'web_default_app-c0.log'));
  await sync(log());
  expect(await links()).toEqual({ 'web_default_app-c0.log': targetOf(log()) });
});

test('where names are cut to the same, the newest that runs has it', async () => {
  const pod = 'p'.repeat(210);
  const container = 'c'.repeat(40);
  const long = { pod, namespace: 'ns', container, directory: join(logDir, 'short') };
  const [old, current, failed] = [
    log({ ...long, id: asContainerId('a'), running: false }),
    log({ ...long, id: asContainerId('b'), attempt: 1 }),
    log({ ...long, id: asContainerId('c'), attempt: 2, running: false }),
  ];
  await put(old, current, failed);
  await sync(failed, old, current);
  expect(Object.values(await links())).toEqual([targetOf(current)]);
});

describe("what is not ours is never touched: another's", () => {
  const name = 'web_default_app-c0.log';
  const place = () => join(linksDir, name);

  beforeEach(async () => {
    await mkdir(linksDir);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['file', () => writeFile(place(), 'kept'), ''],
    ['directory', () => mkdir(place()), ''],
    ['link to elsewhere', () => symlink('/nowhere/a/b/0.log', place()), '/nowhere/a/b/0.log'],
    ['relative link', () => symlink('../pods/a_b_c/app/0.log', place()), '../pods/a_b_c/app/0.log'],
  ])('%s', async (_case, make, target) => {
    await make();
    await put(log());
    await sync(log());
    await sync();
    expect(await links()).toEqual({ [name]: target });
  });

  test.each([
    'default_web_other/app',
    'default_web_other/app/notes',
    'default_web_other/0.log',
    'a/b/c/0.log',
    'default_web_uid/../0.log',
    '../pods/default_web_other/0.log',
  ])('link to %s below the logs, where no log can be', async (below) => {
    await symlink(`${logDir}/${below}`, place());
    await sync();
    expect(Object.keys(await links())).toEqual([name]);
  });

  test('dead link to a pod that still has logs: it may just be rotated', async () => {
    const directory = join(logDir, 'kube-system_dns_1234');
    await mkdir(join(directory, 'dns'), { recursive: true });
    await symlink(join(directory, 'dns/0.log'), place());
    await sync();
    expect(Object.keys(await links())).toEqual([name]);
    await rm(directory, { recursive: true });
    await sync();
    expect(await links()).toEqual({});
  });
});

test('what cannot be done is told once', async () => {
  await writeFile(linksDir, '');
  await put(log());
  const kept = new LogLinks({ linksDir, logDir, directories: { all: async () => new Map() }, logger });
  await kept.sync([log()]);
  await kept.sync([log()]);
  expect(logger.warnings).toEqual([expect.stringMatching(/^links to logs cannot be kept: (EEXIST|ENOTDIR)/)]);
});
