import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogFields, Logger } from '../../../src/base/index.ts';
import type { FetchedManifest, ManifestRequest } from '../../../src/manifest/fetch-manifest.ts';
import { createManifestLoader } from '../../../src/manifest/index.ts';
import { KeptAnswers } from '../../../src/manifest/kept-answers.ts';
import type { ManifestDirectory } from '../../../src/manifest/types.ts';
import { createUrlSource, type UrlSource, type UrlSourceOptions } from '../../../src/manifest/url-source.ts';
import { withUrls } from '../../../src/manifest/with-urls.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const INTERVAL_MS = 20_000;
const A = 'https://a/';
const B = 'https://b/';

let root: string;
let clock: VirtualClock;
let told: string[];
let changes: number;
/** When each was asked. */
let asked: [url: string, atMs: number][];
/** What comes of a request; by default it never ends. */
let answer: (request: ManifestRequest) => Promise<FetchedManifest>;
let unit: number;
const sources: UrlSource[] = [];

const failed: FetchedManifest = { state: 'failed', reason: 'is away' };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tinylet-urls-'));
  clock = new VirtualClock();
  [told, changes, asked, unit] = [[], 0, [], 0.5];
  answer = untilEnded;
});

afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.close()));
  rmSync(root, { recursive: true, force: true });
});

function untilEnded({ signal }: ManifestRequest): Promise<FetchedManifest> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(failed), { once: true });
  });
}

function good(name: string): FetchedManifest {
  const bytes = Buffer.from(`{name: ${name}, containers: [{name: c, image: i}]}`);
  return { state: 'answered', bytes, contentType: '', isWhole: true };
}

function logger(): Logger {
  const line =
    (level: string) =>
    ({ file }: LogFields, message: string): void =>
      void told.push(`${level} ${file} ${message}`);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

/** A source that has read what was kept, so that nothing real is left to wait for. */
async function begin(urls: readonly string[], given: Partial<UrlSourceOptions> = {}): Promise<UrlSource> {
  const settings = { ...{ urls, intervalMs: INTERVAL_MS, rootDir: root, headers: [], userAgent: 't' } };
  const source = createUrlSource(
    { ...settings, allowEmpty: false, maxBytes: 1000, ...given },
    {
      ...{ clock, logger: logger(), random: { unit: () => unit, uuid: () => '' } },
      fetch: (request) => {
        asked.push([request.url, clock.monotonicMs()]);
        return answer(request);
      },
    },
  );
  sources.push(source);
  await source.load();
  return source;
}

async function start(urls: readonly string[], given: Partial<UrlSourceOptions> = {}): Promise<UrlSource> {
  const source = await begin(urls, given);
  source.start(() => void changes++);
  return source;
}

const statesOf = (directories: readonly ManifestDirectory[]) =>
  directories.map(({ directory, state }) => [directory, state]);

describe('a URL is asked', () => {
  test.each([
    [0, 18_000],
    [0.5, 20_000],
    [1, 22_000],
  ])('at once, and then every interval or so (by chance %d after %d ms)', async (chance, everyMs) => {
    unit = chance;
    answer = async () => failed;
    await start([A]);
    await clock.advance(2 * everyMs);
    expect(asked).toEqual([0, everyMs, 2 * everyMs].map((atMs) => [A, atMs]));
  });

  test('once at a time, however long it takes, beside the others', async () => {
    answer = async (request) => (request.url === A ? untilEnded(request) : failed);
    await start([A, B]);
    await clock.advance(5 * INTERVAL_MS);
    expect(asked.filter(([url]) => url === A).length).toBe(1);
    expect(asked.filter(([url]) => url === B).length).toBe(6);
  });

  test('no more once it is closed, which ends what is under way', async () => {
    const source = await start([A]);
    await clock.settle();
    await source.close();
    await clock.advance(5 * INTERVAL_MS);
    expect(asked.length).toBe(1);
    expect([changes, told]).toEqual([0, []]);
  });
});

describe('what is heard', () => {
  test('is told of when it changes, and only then', async () => {
    const answers = [good('a'), good('a'), failed, failed, good('a'), good('b')];
    answer = async () => answers.shift() ?? failed;
    const source = await start([A]);
    await source.firstAnswers();
    const counts = [changes];
    while (answers.length > 0) {
      const before = asked.length;
      await clock.advance(INTERVAL_MS);
      await expect.poll(() => asked.length, { interval: 1 }).toBe(before + 1);
      const known = (await source.load())[0];
      // The last of them is written first, which is not a matter of virtual time.
      if (answers.length === 0) await expect.poll(() => changes, { interval: 1 }).toBe(4);
      else expect(known).toMatchObject({ state: 'read' });
      counts.push(changes);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 4]);
  });

  test('is there at once, whoever is still asked', async () => {
    await new KeptAnswers(root).keep({ url: B, text: 'name: b\ncontainers: [{name: c, image: i}]\n' });
    const source = await start([A, B]);
    const directories = await source.load();
    expect(statesOf(directories)).toEqual([
      [A, 'unreadable'],
      [B, 'read'],
    ]);
    expect((await source.load())[1]).toBe(directories[1]);
  });

  test('first can be waited for, of all of them', async () => {
    let end: (fetched: FetchedManifest) => void = () => undefined;
    answer = async ({ url }) =>
      url === A ? failed : new Promise<FetchedManifest>((resolve) => (end = resolve));
    const source = await start([A, B]);
    let isOver = false;
    const first = source.firstAnswers().then(() => {
      isOver = true;
    });
    await clock.advance(INTERVAL_MS / 2);
    expect(isOver).toBe(false);
    end(failed);
    await first;
  });

  test('comes after the directories, which are read by themselves', async () => {
    const source = await start([A]);
    const loader = withUrls(createManifestLoader({ directories: ['/no/such'] }), source);
    expect(statesOf((await loader.load()).directories)).toEqual([
      ['/no/such', 'unreadable'],
      [A, 'unreadable'],
    ]);
    await loader.close();
  });
});

test('failures are told three times, then once more that nothing will be told, and then that they are over', async () => {
  const answers = [...Array.from({ length: 6 }, () => failed), good('a'), failed];
  answer = async () => answers.shift() ?? failed;
  const source = await start([A]);
  for (let count = 1; count <= 6; count++) {
    await clock.runUntil(() => asked.length === count, INTERVAL_MS);
  }
  await clock.settle();
  const warning = `warn ${A} manifests cannot be fetched; pods stay as they are`;
  const during = [
    ...[warning, warning, warning],
    `warn ${A} manifests still cannot be fetched; told again when they can`,
    ...[`debug ${A} manifests cannot be fetched`, `debug ${A} manifests cannot be fetched`],
  ];
  expect(told).toEqual(during);
  await clock.advance(INTERVAL_MS);
  await expect.poll(() => told.length, { interval: 1 }).toBe(7);
  await expect
    .poll(
      async () => {
        await clock.advance(INTERVAL_MS);
        return told.slice(6, 8);
      },
      { interval: 1 },
    )
    .toEqual([`info ${A} manifests can be fetched again`, warning]);
  await source.close();
});

describe('what was kept', () => {
  const kept = () => new KeptAnswers(root);
  const files = () => readdirSync(join(root, 'urls')).length;

  beforeEach(async () => {
    for (const url of [A, B])
      await kept().keep({ url, text: 'name: a\ncontainers: [{name: c, image: i}]\n' });
  });

  test('of a URL that is given no more is forgotten', async () => {
    await begin([A]);
    expect(await kept().find(A)).toMatchObject({ state: 'kept' });
    expect(await kept().find(B)).toEqual({ state: 'none' });
    await begin([]);
    expect(files()).toBe(0);
  });

  test('is read, and nothing is written, where nothing may be', async () => {
    answer = async () => good('new');
    const source = await start([A], { readOnly: true });
    await source.firstAnswers();
    expect((await source.load())[0]).toMatchObject({
      files: [{ objects: [{ pod: { metadata: { name: 'new' } } }] }],
    });
    expect(files()).toBe(2);
    expect(await kept().find(A)).toMatchObject({ answer: { text: expect.stringContaining('name: a') } });
  });
});
