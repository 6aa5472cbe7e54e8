import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import { type JsonObject, type Logger, silentLogger } from '../../../src/base/index.ts';
import {
  type ManifestDirectory,
  type ManifestFile,
  type ManifestSnapshot,
  parseManifest,
} from '../../../src/manifest/index.ts';
import { asPodUid, type Pod, sameVersion } from '../../../src/pod/index.ts';
import { AddedContainers } from '../../../src/store/index.ts';

const DIR = '/etc/pods';
const FILE = `${DIR}/web.yaml`;
const OTHER = `${DIR}/z.yaml`;
const UID = asPodUid('uid-1');
const WEB = '{name: web, volumes: [{name: data, emptyDir: {}}], containers: [{name: main, image: "a:1"}]}';
const debug: JsonObject = { name: 'debug', image: 'tools:1', targetContainerName: 'main' };
const second: JsonObject = { name: 'second', image: 'tools:2' };

const file = (text: string, path = FILE): ManifestFile => parseManifest({ file: path, text });
const broken = (path = FILE): ManifestFile => file('{', path);
const read = (directory: string, ...files: readonly ManifestFile[]): ManifestDirectory => ({
  ...{ state: 'read', directory, files, warnings: [] },
});
const unreadable: ManifestDirectory = { state: 'unreadable', directory: DIR, reason: 'no' };
const snapshot = (...files: readonly ManifestFile[]): ManifestSnapshot => ({
  directories: [read(DIR, ...files)],
});

function podsOf({ directories }: ManifestSnapshot): readonly Pod[] {
  return directories
    .flatMap((each) => (each.state === 'read' ? each.files : []))
    .flatMap((each) => (each.state === 'accepted' ? each.objects : []))
    .flatMap((each) => (each.kind === 'Pod' ? [each.pod] : []));
}

const namesIn = (found: ManifestSnapshot): unknown[] =>
  podsOf(found).map(({ spec }) => spec.ephemeralContainers?.map(({ name }) => name) ?? []);

/** Real files below a root directory, and looks that find what they are told. */
class World {
  readonly rootDir: string;
  readonly warnings: unknown[] = [];
  added: AddedContainers;

  private constructor(rootDir: string) {
    this.rootDir = rootDir;
    this.added = this.#open();
  }

  /** Has looked once. */
  static async of(first: ManifestSnapshot = snapshot(file(WEB))): Promise<World> {
    const rootDir = await mkdtemp(join(tmpdir(), 'added-'));
    onTestFinished(() => rm(rootDir, { recursive: true, force: true }));
    const world = new World(rootDir);
    await world.look(first);
    return world;
  }

  look(found: ManifestSnapshot): Promise<ManifestSnapshot> {
    return this.added.over({ load: async () => found }).load();
  }

  add(container: JsonObject, { path = FILE, uid = UID, dryRun = false } = {}): Promise<void> {
    const pod = { namespace: 'default', name: 'web', uid };
    return this.added.add({ pod, file: path, ephemeralContainers: [container] }, { dryRun });
  }

  async restart(isOnRecord = true): Promise<void> {
    this.added = this.#open();
    await this.added.prepare();
    await this.added.restore(async () => isOnRecord);
  }

  get directory(): string {
    return join(this.rootDir, 'ephemeral-containers');
  }

  files(): Promise<readonly string[]> {
    return readdir(this.directory).catch(() => []);
  }

  #open(): AddedContainers {
    const logger: Logger = { ...silentLogger, warn: (...told) => void this.warnings.push(told) };
    return new AddedContainers({ rootDir: this.rootDir, maxManifestBytes: 2_000, logger });
  }
}

async function failure(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiFailure)) throw new Error('no ApiFailure', { cause: error });
  return `${error.reason}: ${error.message}`;
}

describe('what was added', () => {
  test('is part of what the file says, and nothing else of the pod is another', async () => {
    const world = await World.of();
    const web = file(WEB);
    const [before] = podsOf(snapshot(web));
    await world.look(snapshot(web));
    await world.add(debug);
    const [now] = podsOf(await world.look(snapshot(web)));
    expect(now?.spec.ephemeralContainers).toMatchObject([debug]);
    expect(now?.document).toEqual({
      ...before?.document,
      spec: { ...(before?.document?.spec as JsonObject), ephemeralContainers: [debug] },
    });
    expect(before && now && sameVersion(before, now)).toBe(true);
  });

  test('makes the same pod from look to look, until there is more or the file is another', async () => {
    const world = await World.of();
    const web = file(WEB);
    await world.look(snapshot(web));
    await world.add(debug);
    const [first] = podsOf(await world.look(snapshot(web)));
    expect(world.added.shown('Pod/default/web', UID)).toBe(first);
    expect(podsOf(await world.look(snapshot(web)))[0]).toBe(first);
    await world.add(second);
    const [more] = podsOf(await world.look(snapshot(web)));
    expect(more?.spec.ephemeralContainers).toMatchObject([debug, second]);
    const [edited] = podsOf(await world.look(snapshot(file(WEB.replace('a:1', 'a:2')))));
    expect(edited?.spec).toMatchObject({
      ephemeralContainers: [debug, second],
      containers: [{ image: 'a:2' }],
    });
  });

  test('leaves all else the very same', async () => {
    const world = await World.of();
    const others = file('{name: other, containers: [{name: main, image: "a:1"}]}', OTHER);
    const found = snapshot(file(WEB), others);
    expect(await world.look(found)).toBe(found);
    await world.add(debug);
    const [directory] = (await world.look(found)).directories;
    expect(directory?.state === 'read' && directory.files[1]).toBe(others);
  });

  test('comes after what the file itself has', async () => {
    const world = await World.of();
    const own = file(WEB.replace('}]}', '}], ephemeralContainers: [{name: own, image: i}]}'));
    await world.look(snapshot(own));
    await world.add(debug);
    expect(namesIn(await world.look(snapshot(own)))).toEqual([['own', 'debug']]);
  });

  test('is a file that only its owner reads', async () => {
    const world = await World.of();
    await world.add(debug);
    expect(await world.files()).toEqual(['pod.default.web.json']);
    const path = join(world.directory, 'pod.default.web.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      pod: { namespace: 'default', name: 'web', uid: UID },
      file: FILE,
      ephemeralContainers: [debug],
    });
  });

  test('is there for the next daemon, also where a crash has left something', async () => {
    const world = await World.of();
    await world.add(debug);
    await writeFile(join(world.directory, '.pod.default.web.json.7.tmp'), '{');
    await world.restart();
    expect(await world.files()).toEqual(['pod.default.web.json']);
    expect(namesIn(await world.look(snapshot(file(WEB))))).toEqual([['debug']]);
  });
});

describe('after the next look', () => {
  test.each<[string, ManifestSnapshot, unknown[], boolean]>([
    ['it stays where nothing changed', snapshot(file(WEB)), [['debug']], true],
    ['it goes where the file is gone', snapshot(), [], false],
    ['it goes where the file names another', snapshot(file(WEB.replace('web', 'www'))), [[]], false],
    ['it goes where the pod is another', snapshot(file(WEB.replace('{', '{uid: u-2, '))), [[]], false],
    ['it stays where the uid is told', snapshot(file(WEB.replace('{', `{uid: ${UID}, `))), [['debug']], true],
    ['it stays where the file is broken', snapshot(broken()), [], true],
    ['it stays where the directory cannot be read', { directories: [unreadable] }, [], true],
    ['it goes though another file is broken', snapshot(broken(OTHER)), [], false],
    ['it moves with the pod', snapshot(file(WEB, OTHER)), [['debug']], true],
    ['it stays with its file', snapshot(file(WEB), file(WEB, `${DIR}/a.yaml`)), [['debug'], []], true],
    ['it stays with its broken file', snapshot(file(WEB, `${DIR}/a.yaml`), broken()), [[]], true],
  ])('%s', async (_what, found, names, stays) => {
    for (const restarted of [false, true]) {
      const world = await World.of();
      await world.add(debug);
      if (restarted) await world.restart();
      expect(namesIn(await world.look(found))).toEqual(names);
      expect(await world.files()).toEqual(stays ? ['pod.default.web.json'] : []);
      expect(namesIn(await world.look(snapshot(file(WEB))))).toEqual([stays ? ['debug'] : []]);
    }
  });

  test('it goes where the API itself makes the pod', async () => {
    const world = await World.of();
    await world.add(debug);
    const objects = join(world.rootDir, 'objects');
    const own = read(objects, file(WEB, join(objects, 'pod.default.web.json')));
    expect(namesIn(await world.look({ directories: [read(DIR), own] }))).toEqual([[]]);
    expect(await world.files()).toEqual([]);
  });

  test('of a pod that moved, the file that it is in by now may be broken, too', async () => {
    const world = await World.of();
    await world.add(debug);
    await world.look(snapshot(file(WEB, OTHER)));
    await world.restart();
    await world.look(snapshot(broken(OTHER)));
    expect(namesIn(await world.look(snapshot(file(WEB, OTHER))))).toEqual([['debug']]);
  });

  test('of a pod whose source is given no more stay until a new URL has answered', async () => {
    const url = 'https://new/pods.yaml';
    const awaited = { directories: [{ state: 'unreadable', directory: url, reason: 'no' }] } as const;
    for (const [answer, names] of [
      [file(WEB, url), [['debug']]],
      [file('apiVersion: v1\nkind: List\nitems: []\n', url), []],
    ] as const) {
      const world = await World.of();
      await world.add(debug);
      await world.look(awaited);
      expect(await world.files()).toEqual(['pod.default.web.json']);
      expect(namesIn(await world.look({ directories: [read(url, answer)] }))).toEqual(names);
      expect((await world.files()).length).toBe(names.length);
    }
  });

  test('of a pod that is on record no more nothing is left', async () => {
    const world = await World.of();
    await world.add(debug);
    await world.restart(false);
    expect(namesIn(await world.look(snapshot(file(WEB))))).toEqual([[]]);
    expect(await world.files()).toEqual([]);
  });

  test('what the disk does not give up is gone all the same, and from the disk later', async () => {
    const world = await World.of();
    await world.add(debug);
    const path = join(world.directory, 'pod.default.web.json');
    await rm(path);
    await mkdir(path);
    await world.look(snapshot());
    expect(world.warnings).toMatchObject([
      [{ key: 'Pod/default/web' }, 'ephemeral containers cannot be recorded'],
    ]);
    expect(namesIn(await world.look(snapshot(file(WEB))))).toEqual([[]]);
    await rm(path, { recursive: true });
    await world.look(snapshot(file(WEB)));
    expect([world.warnings.length, await world.files()]).toEqual([2, []]);
  });
});

describe('what does not go with the file any more', () => {
  test.each<[string, string, string]>([
    [
      'a name',
      WEB.replace('}]}', '}, {name: debug, image: "a:1"}]}'),
      'spec.ephemeralContainers[0].name: Duplicate value: "debug"',
    ],
    [
      'a target',
      WEB.replace('name: main', 'name: app'),
      'spec.ephemeralContainers[0].targetContainerName: Not found: "main"',
    ],
  ])('gives way, and does not come back: %s', async (_what, text, why) => {
    const world = await World.of();
    await world.add(debug);
    await world.add(second);
    expect(namesIn(await world.look(snapshot(file(text))))).toEqual([['second']]);
    expect(world.warnings).toEqual([
      [{ pod: 'default/web', container: 'debug', err: why }, 'ephemeral container gives way to the manifest'],
    ]);
    await world.restart();
    const web = file(WEB);
    expect(namesIn(await world.look(snapshot(web)))).toEqual([['second']]);
    expect(namesIn(await world.look(snapshot(web)))).toEqual([['second']]);
    expect(world.warnings).toHaveLength(1);
  });

  test('where it is all there was, nothing is left', async () => {
    const world = await World.of();
    await world.add(debug);
    const found = snapshot(file(WEB.replace('name: main', 'name: debug')));
    expect(await world.look(found)).toBe(found);
    expect([world.warnings.length, await world.files()]).toEqual([1, []]);
  });
});

describe('what is refused', () => {
  const invalid = 'Invalid: Pod "web" is invalid: spec.ephemeralContainers[0].';

  test.each<[string, JsonObject, string]>([
    ['a name of the file', { name: 'main', image: 'i' }, `${invalid}name: Duplicate value: "main"`],
    ['no image', { name: 'debug' }, `${invalid}image: Required value`],
    [
      'what no ephemeral container has',
      { ...debug, ports: [{ containerPort: 80 }] },
      `${invalid}ports: Forbidden: cannot be set for an Ephemeral Container`,
    ],
    [
      'more than a manifest may have',
      { ...debug, args: ['x'.repeat(2_000)] },
      'RequestEntityTooLarge: Request entity too large: limit is 2000',
    ],
  ])('%s', async (_what, container, message) => {
    const world = await World.of();
    expect(await failure(world.add(container))).toBe(message);
    expect(await failure(world.add(container, { dryRun: true }))).toBe(message);
    expect([namesIn(await world.look(snapshot(file(WEB)))), await world.files()]).toEqual([[[]], []]);
  });

  test('anything, where the file cannot be used now or the pod is another', async () => {
    const world = await World.of();
    const refused = `Forbidden: pods "web" is forbidden: ${FILE} does not define it now; mend that file first`;
    await world.look(snapshot(broken()));
    expect(await failure(world.add(debug))).toBe(refused);
    await world.look(snapshot(file(WEB.replace('{', '{uid: u-2, '))));
    expect(await failure(world.add(debug))).toBe(refused);
    expect(await world.files()).toEqual([]);
  });

  test('what cannot be written, and then it is not there', async () => {
    const world = await World.of();
    await writeFile(world.directory, '');
    expect(await failure(world.add(debug))).toMatch(
      /^InternalError: Internal error occurred: cannot write the ephemeral containers of Pod\/default\/web: /,
    );
    expect(namesIn(await world.look(snapshot(file(WEB))))).toEqual([[]]);
  });

  test('a dry run writes nothing', async () => {
    const world = await World.of();
    await world.add(debug, { dryRun: true });
    expect([namesIn(await world.look(snapshot(file(WEB)))), await world.files()]).toEqual([[[]], []]);
  });
});

describe('what an earlier daemon left and cannot be used', () => {
  test.each<[string, string, string]>([
    ['no JSON', 'pod.default.web.json', '{'],
    ['of no pod', 'pod.default.web.json', '{"ephemeralContainers": []}'],
    [
      'of another name',
      'pod.default.www.json',
      JSON.stringify({
        pod: { namespace: 'default', name: 'web', uid: UID },
        file: FILE,
        ephemeralContainers: [debug],
      }),
    ],
  ])('is told and left alone: %s', async (_what, name, text) => {
    const world = await World.of();
    await mkdir(world.directory);
    await writeFile(join(world.directory, name), text);
    await world.restart();
    expect(namesIn(await world.look(snapshot(file(WEB))))).toEqual([[]]);
    expect([world.warnings.length, await world.files()]).toEqual([1, [name]]);
  });
});
