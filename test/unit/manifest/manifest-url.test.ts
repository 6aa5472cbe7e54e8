import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/index.ts';
import { KeptAnswers } from '../../../src/manifest/kept-answers.ts';
import { ManifestUrl, type ManifestUrlPorts, type UrlManners } from '../../../src/manifest/manifest-url.ts';
import { metadataOf } from '../../../src/manifest/objects-of.ts';
import type { ManifestDirectory } from '../../../src/manifest/types.ts';
import { RawHttpServer } from '../../fakes/raw-http-server.ts';

let root: string;
let server: RawHttpServer;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tinylet-url-'));
  server = await RawHttpServer.start();
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const pod = (name: string) => `{name: ${name}, containers: [{name: c, image: i}]}`;
const list = (...items: string[]) => `apiVersion: v1\nkind: List\nitems: [${items.join(',')}]\n`;
const v1 = (name: string) =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: i}]}}`;

/** As a daemon's life begins: with what was kept. */
async function open(
  manners: Partial<UrlManners> = {},
  kept: ManifestUrlPorts['kept'] = new KeptAnswers(root),
): Promise<ManifestUrl> {
  const { signal } = new AbortController();
  const all = { headers: [], userAgent: 'tinylet/1', allowEmpty: false, maxBytes: 10_000, ...manners };
  const url = new ManifestUrl(server.url, all, { clock: systemClock, kept, signal });
  await url.restore();
  return url;
}

function namesIn(directory: ManifestDirectory): string[] | string {
  if (directory.state === 'unreadable') return directory.reason;
  return directory.files.flatMap((file) =>
    file.state === 'accepted' ? file.objects.map((object) => metadataOf(object).name) : ['refused'],
  );
}

const urls = () => join(root, 'urls');
const keptFile = () => join(urls(), readdirSync(urls())[0] ?? '');

describe('what a URL says', () => {
  test.each<[what: string, body: string, names: string[]]>([
    ['a Pod', v1('a'), ['a']],
    ['a flat pod', pod('a'), ['a']],
    ['a Pod in JSON', JSON.stringify({ name: 'a', containers: [{ name: 'c', image: 'i' }] }), ['a']],
    ['several documents', `${pod('a')}\n---\n${pod('b')}\n`, ['a', 'b']],
    ['a List', list(v1('a'), v1('b')), ['a', 'b']],
    [
      'a PodList whose items do not say what they are',
      'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec: {containers: [{name: c, image: i}]}\n',
      ['a'],
    ],
    ['with a BOM', `\ufeff${pod('a')}`, ['a']],
    ['with a ConfigMap', list(v1('a'), '{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}'), ['a', 'm']],
  ])('is %s', async (_, body, names) => {
    server.answers('200 OK', body);
    const url = await open();
    expect(await url.ask()).toBeUndefined();
    expect(namesIn(url.directory)).toEqual(names);
    expect(url.directory).toMatchObject({
      state: 'read',
      directory: server.url,
      files: [{ file: server.url }],
    });
    expect(namesIn((await open()).directory), 'after a restart').toEqual(names);
  });

  test('is nothing before it has answered', async () => {
    expect((await open()).directory).toEqual({
      ...{ state: 'unreadable', directory: server.url },
      reason: 'has not answered yet; its pods, if there are any, stay as they are',
    });
  });

  test('is the same value as long as the bytes are the same', async () => {
    server.answers('200 OK', pod('a'));
    const url = await open();
    await url.ask();
    const { directory } = url;
    await url.ask();
    expect(url.directory).toBe(directory);
    server.answers('200 OK', `${pod('a')}\n`);
    await url.ask();
    expect(url.directory).not.toBe(directory);
  });

  test('is asked for with what is known of it', async () => {
    server.answers('200 OK', pod('a'), ['ETag: "1"', 'Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT']);
    const url = await open({
      headers: [
        ['x-box', '7'],
        ['x-box', '8'],
      ],
    });
    await url.ask();
    const { directory } = url;
    server.answers('304 Not Modified', '');
    expect(await url.ask()).toBeUndefined();
    expect(url.directory).toBe(directory);
    const again = await open();
    await again.ask();
    expect(namesIn(again.directory)).toEqual(['a']);
    const [first = '', ...later] = server.requests;
    expect(first).not.toMatch(/if-(none-match|modified-since)/i);
    expect(first).toContain('accept: application/yaml, application/json;q=0.9, */*;q=0.1\r\n');
    expect(first).toContain('accept-encoding: identity\r\n');
    expect(first).toContain('user-agent: tinylet/1\r\n');
    expect(first.match(/x-box: \d/g)).toEqual(['x-box: 7', 'x-box: 8']);
    expect(later.length).toBe(2);
    for (const each of later) {
      expect(each).toContain('If-None-Match: "1"\r\n');
      // Two versions of one second have the same time.
      expect(each).not.toMatch(/if-modified-since/i);
    }
  });

  test('is not unchanged where nothing was compared', async () => {
    server.answers('304 Not Modified', '');
    const url = await open();
    expect(await url.ask()).toBe('answers with status 304, though nothing to compare with was sent');
    expect(url.directory.state).toBe('unreadable');
  });

  test('loses what it does not name any more', async () => {
    server.answers('200 OK', list(v1('a'), v1('b')));
    const url = await open();
    await url.ask();
    server.answers('200 OK', list(v1('b')));
    await url.ask();
    expect(namesIn(url.directory)).toEqual(['b']);
    expect(namesIn((await open()).directory)).toEqual(['b']);
  });
});

describe('an answer that is none', () => {
  const stays = '; the last good answer stays in force';
  const bad: [what: string, status: string, body: string | Buffer, headers: string[], problem: RegExp][] = [
    ['an error', '500 Internal Server Error', pod('b'), [], /^answers with status 500$/],
    ['nothing', '200 OK', '', [], /^answers without any object/],
    ['only comments', '200 OK', '# later\n---\n\n...\n', [], /^answers without any object/],
    ['a List of nothing', '200 OK', list(), [], /^answers without any object/],
    ['not YAML', '200 OK', '{{{', [], /^answers with errors$/],
    ['an invalid pod', '200 OK', list(v1('a'), '{kind: Pod}'), [], /^answers with errors$/],
    ['not UTF-8', '200 OK', Buffer.from([0xff, 0xfe, 0]), [], /^answers with errors$/],
    [
      'a page',
      '200 OK',
      '<!DOCTYPE html><p>Sign in',
      ['Content-Type: text/html; charset=utf-8'],
      /for people/,
    ],
    ['too long', '200 OK', `# ${'x'.repeat(10_000)}\n${pod('b')}`, [], /^answers with more than 10000 bytes/],
  ];

  test.each(bad)('(%s) leaves the last good one in force, also over a restart', async (...given) => {
    const [, status, body, headers, problem] = given;
    server.answers('200 OK', pod('a'), ['ETag: "1"']);
    const first = await open();
    await first.ask();
    const { directory } = first;
    server.answers(status, body, headers);
    for (const url of [first, await open()]) {
      const told = (await url.ask()) ?? '';
      expect(told).toMatch(problem);
      expect(namesIn(url.directory)).toEqual(['a']);
      expect(url.directory).toMatchObject({ state: 'read', problem: told + stays });
      const same = url.directory;
      await url.ask();
      expect(url.directory).toBe(same);
    }
    server.answers('304 Not Modified', '');
    await first.ask();
    expect(first.directory).toEqual(directory);
  });

  test.each(bad)('(%s) says nothing where there was none before', async (...given) => {
    const [, status, body, headers, problem] = given;
    server.answers(status, body, headers);
    const url = await open();
    expect(await url.ask()).toMatch(problem);
    const said = namesIn(url.directory);
    if (typeof said === 'string') expect(said).toMatch(/; its pods, if there are any, stay as they are$/);
    else expect(said).toEqual(['refused']);
  });

  test('is told with its errors, by line and column', async () => {
    server.answers('200 OK', pod('a'));
    const url = await open();
    await url.ask();
    server.answers('200 OK', `${pod('a')}\n---\nname: b\ncontainers: 7\n`);
    await url.ask();
    expect(url.directory).toMatchObject({
      refused: { state: 'refused', file: server.url, errors: [{ line: 4, path: 'containers' }] },
    });
    server.answers('200 OK', pod('a'));
    await url.ask();
    expect(url.directory).not.toHaveProperty('refused');
    expect(url.directory).not.toHaveProperty('problem');
  });

  test('is taken with allowEmpty where it is empty, and stays so', async () => {
    server.answers('200 OK', pod('a'));
    const url = await open({ allowEmpty: true });
    await url.ask();
    for (const body of ['', '# none\n', list()]) {
      server.answers('200 OK', pod('a'));
      await url.ask();
      expect(namesIn(url.directory)).toEqual(['a']);
      server.answers('200 OK', body);
      expect(await url.ask()).toBeUndefined();
      expect(namesIn(url.directory)).toEqual([]);
      expect(namesIn((await open()).directory)).toEqual([]);
    }
    server.answers('200 OK', '{{{');
    await url.ask();
    expect(url.directory).toMatchObject({
      files: [{ state: 'accepted', objects: [] }],
      problem: expect.anything(),
    });
  });
});

describe('an answer without an end', () => {
  const endless = (...bodies: string[]): void => {
    server.reply = (_, socket) => void socket.end(`HTTP/1.0 200 OK\r\n\r\n${bodies.shift() ?? ''}`);
  };

  test('is taken when a second look finds the same', async () => {
    endless(list(v1('a')), list(v1('a')), list(v1('a')));
    const url = await open();
    expect(await url.ask()).toBeUndefined();
    expect(namesIn(url.directory)).toEqual(['a']);
    await url.ask();
    expect(server.requests.length, 'what is known needs one look').toBe(3);
  });

  test('that was cut short removes nothing', async () => {
    const both = `${pod('a')}\n---\n${pod('b')}\n`;
    server.answers('200 OK', both);
    const url = await open();
    await url.ask();
    endless(`${pod('a')}\n`, both);
    expect(await url.ask()).toMatch(/two in a row are not the same$/);
    expect(namesIn(url.directory)).toEqual(['a', 'b']);
  });
});

describe('a kept answer', () => {
  beforeEach(async () => {
    server.answers('200 OK', pod('a'), ['ETag: "1"']);
    await (await open()).ask();
    server.answers('500 Oops', '');
  });

  test('can be read by nobody else', () => {
    expect(statSync(urls()).mode & 0o777).toBe(0o700);
    expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(urls())).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
  });

  test.each<[what: string, spoil: (path: string) => void]>([
    ['is no JSON', (path) => writeFileSync(path, 'x')],
    ['is empty', (path) => writeFileSync(path, '')],
    [
      'says something else',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('name: a', 'name: b')),
    ],
    [
      'is of another URL',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('pods.yaml', 'p.yaml')),
    ],
    ['is of another version', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('1', '2'))],
    ['can be written by others', (path) => chmodSync(path, 0o622)],
    [
      'is a directory',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('that %s says nothing, and what it was known by is not asked about', async (_, spoil) => {
    spoil(keptFile());
    const url = await open();
    expect(url.directory.state).toBe('unreadable');
    await url.ask();
    expect(server.requests.at(-1)).not.toContain('If-None-Match');
    rmSync(keptFile(), { recursive: true, force: true });
    server.answers('200 OK', pod('c'));
    await url.ask();
    expect(namesIn(url.directory)).toEqual(['c']);
  });

  test('that is not understood any more is refused, and pods go on', async () => {
    await new KeptAnswers(root).keep({ url: server.url, text: 'name: a\nnonsense: 1\n', etag: '"1"' });
    server.answers('304 Not Modified', '');
    const url = await open();
    expect(await url.ask()).toBeUndefined();
    expect(url.directory).toMatchObject({ state: 'read', files: [{ state: 'refused' }] });
  });

  test('is written before anybody goes by it', async () => {
    const real = new KeptAnswers(root);
    const seen: unknown[] = [];
    const url = await open(undefined, {
      find: (address) => real.find(address),
      keep: async () => void seen.push(namesIn(url.directory)),
    });
    server.answers('200 OK', pod('b'));
    await url.ask();
    expect(seen).toEqual([['a']]);
    expect(namesIn(url.directory)).toEqual(['b']);
  });

  const full = () => Promise.reject(new Error('ENOSPC: no space left on device'));

  test('that cannot be written is deleted instead: a full disk keeps nothing from its end', async () => {
    const real = new KeptAnswers(root);
    const kept = { find: (a: string) => real.find(a), keep: full, forget: (a: string) => real.forget(a) };
    const url = await open(undefined, kept);
    server.answers('200 OK', pod('b'));
    expect(await url.ask()).toBeUndefined();
    expect(namesIn(url.directory)).toEqual(['b']);
    expect((await open()).directory.state).toBe('unreadable');
  });

  test('that can be neither written nor deleted stays in force', async () => {
    const real = new KeptAnswers(root);
    const url = await open(undefined, { find: (a) => real.find(a), keep: full, forget: full });
    server.answers('200 OK', pod('b'));
    expect(await url.ask()).toMatch(/^cannot be kept under the root directory: ENOSPC/);
    expect(namesIn(url.directory)).toEqual(['a']);
  });
});

describe('a token', () => {
  const token = () => join(root, 'token');

  test('is read anew each time', async () => {
    const url = await open({ tokenFile: token() });
    for (const text of ['one\n', ' two ']) {
      writeFileSync(token(), text, { mode: 0o600 });
      await url.ask();
    }
    expect(server.requests.map((request) => /^authorization: .*$/m.exec(request)?.[0])).toEqual([
      'authorization: Bearer one',
      'authorization: Bearer two',
    ]);
  });

  test.each([
    ['is missing', undefined, /^the token file .* cannot be read: ENOENT/],
    ['is empty', '\n', /is empty$/],
    ['has several words', 'secret one', /holds something else than one token$/],
    ['has several lines', 'secret\r\nX-Evil: 1', /holds something else than one token$/],
    ['is large', 's'.repeat(70_000), /is too large for a token$/],
  ])('that %s lets nothing be asked', async (_, text, problem) => {
    if (text !== undefined) writeFileSync(token(), text);
    const told = await (await open({ tokenFile: token() })).ask();
    expect(told).toMatch(problem);
    expect(told).not.toContain('secret');
    expect(server.requests).toEqual([]);
  });

  test('that everybody can read is warned about', async () => {
    server.answers('200 OK', pod('a'));
    writeFileSync(token(), 'secret');
    chmodSync(token(), 0o644);
    const url = await open({ tokenFile: token() });
    await url.ask();
    expect(url.directory).toMatchObject({ warnings: [`${token()} can be read by everybody: chmod o-r`] });
    chmodSync(token(), 0o640);
    await url.ask();
    expect(url.directory).toMatchObject({ warnings: [] });
  });
});
