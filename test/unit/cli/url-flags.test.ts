import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { separateManifestSources } from '../../../src/cli/values.ts';
import type { DaemonOptions } from '../../../src/daemon/index.ts';
import { tinylet } from './fake-program.ts';

async function optionsOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<DaemonOptions> {
  const { called, err } = await tinylet(argv, { env });
  const call = called[0];
  if (call?.what !== 'runDaemon') throw new Error(`the daemon did not run: ${err}`);
  return call.options;
}

async function urlsOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { manifestDirs, urlSource } = await optionsOf(argv, env);
  return { manifestDirs, urls: urlSource?.urls };
}

describe('manifests from URLs', () => {
  test('stand beside directories, and none counts twice', async () => {
    const argv = ['/a', 'https://h/x', 'HTTPS://H:443/x#top', '/b'].flatMap((text) => ['--manifests', text]);
    expect(await urlsOf(argv)).toEqual({ manifestDirs: ['/a', '/b'], urls: ['https://h/x'] });
  });

  test('alone mean that no directory is watched', async () => {
    expect(await urlsOf(['--manifests', 'https://h/x'])).toEqual({
      manifestDirs: [],
      urls: ['https://h/x'],
    });
  });

  test.each<[text: string, separated: string[]]>([
    ['/etc/a:https://h:8443/x.yaml:/b', ['/etc/a', 'https://h:8443/x.yaml', '/b']],
    ['https://h/x:https://h/y', ['https://h/x', 'https://h/y']],
    ['http://[::1]:80/x:pods', ['http://[::1]:80/x', 'pods']],
    ['http://[::1]:pods', ['http://[::1]', 'pods']],
    ['https://h:8443:/b', ['https://h:8443', '/b']],
    ['https://h:/b', ['https://h', '/b']],
    ['https://h/a%3Ab?c=d:/b::', ['https://h/a%3Ab?c=d', '/b']],
    ['https://u:p@h:1/x:/b', ['https://u:p@h:1/x', '/b']],
    ['/b:', ['/b']],
    ['', []],
  ])('in the variable %j is %j', (text, separated) => {
    expect(separateManifestSources(text)).toEqual(separated);
  });

  test('can be given by the variable', async () => {
    const env = { TINYLET_MANIFESTS: '/etc/a:https://h:8443/x.yaml:/b' };
    expect(await urlsOf([], env)).toEqual({
      manifestDirs: ['/etc/a', '/b'],
      urls: ['https://h:8443/x.yaml'],
    });
  });

  test.each(['http://127.0.0.1/x', 'http://127.1:80/x', 'http://[::1]:9/x', 'http://localhost/x'])(
    '%s may be plain http',
    async (url) => {
      expect((await urlsOf(['--manifests', url])).urls).toEqual([new URL(url).href]);
    },
  );

  test.each([
    'http://127.0.0.1.example/x',
    'http://localhost.example/x',
    'http://[::2]/x',
    'http://0.0.0.0/',
  ])('%s may be plain http only with --manifests-insecure', async (url) => {
    expect(await tinylet(['--manifests', url])).toMatchObject({ code: 2, called: [] });
    expect((await urlsOf(['--manifests', url, '--manifests-insecure'])).urls).toEqual([url]);
    expect((await urlsOf(['--manifests', url], { TINYLET_MANIFESTS_INSECURE: '1' })).urls).toEqual([url]);
  });

  test('headers keep their colons, also in the variable, where each is a line', async () => {
    const headers = [
      ['x-link', 'https://h:1/'],
      ['x-box', '7'],
    ];
    const flag = ['--manifest-url-header', 'X-Link: https://h:1/', '--manifest-url-header', 'X-Box:7 '];
    const given = await optionsOf(['--manifests', 'https://h/', ...flag]);
    expect(given.urlSource?.headers).toEqual(headers);
    const env = { TINYLET_MANIFEST_URL_HEADER: 'X-Link: https://h:1/\nX-Box: 7\n' };
    expect((await optionsOf(['--manifests', 'https://h/'], env)).urlSource?.headers).toEqual(headers);
  });

  test('the other flags', async () => {
    const argv = ['--url-interval', '5s', '--url-token-file', 'token', '--url-allow-empty'];
    expect((await optionsOf(['--manifests', 'https://h/', ...argv])).urlSource).toEqual({
      ...{ urls: ['https://h/'], headers: [], intervalMs: 5_000, allowEmpty: true },
      tokenFile: resolve('token'),
    });
  });

  test('a variable of theirs may stand there without a URL', async () => {
    expect((await optionsOf([], { TINYLET_URL_INTERVAL: '5s' })).urlSource).toMatchObject({ urls: [] });
  });

  test.each(['Host', 'connection', 'Accept-Encoding', 'If-None-Match', 'Content-Length'])(
    'the header %s is not for users',
    async (name) => {
      const argv = ['--manifests', 'https://h/', '--manifest-url-header', `${name}: secret`];
      const { code, err } = await tinylet(argv);
      expect(code).toBe(2);
      expect(err).not.toContain('secret');
    },
  );
});
