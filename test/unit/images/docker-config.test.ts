import { describe, expect, test } from 'vitest';
import type { AuthConfig } from '../../../src/cri/index.ts';
import { type DockerConfig, parseDockerConfig, parseDockercfg } from '../../../src/images/docker-config.ts';

const empty: DockerConfig = { entries: [], helpers: new Map() };
const passedOver = 'an entry is not what docker writes and was passed over';

/** One entry, as it is read in both forms. */
function read(entry: unknown): DockerConfig {
  const [config, older] = [{ auths: { 'r.test': entry } }, { 'r.test': entry }];
  const parsed = parseDockerConfig(JSON.stringify(config));
  expect(parseDockercfg(JSON.stringify(older))).toEqual(parsed);
  return parsed;
}

describe('an entry', () => {
  test.each<[string, object, AuthConfig]>([
    ['fields', { username: 'u', password: 'p', email: 'e' }, { username: 'u', password: 'p' }],
    ['no password', { username: 'u' }, { username: 'u', password: '' }],
    ['auth', { auth: btoa('u:p') }, { username: 'u', password: 'p' }],
    [
      'auth without padding',
      { auth: btoa('user:p').replaceAll('=', '') },
      { username: 'user', password: 'p' },
    ],
    ['auth in spaces', { auth: ` ${btoa('u:p')}\n` }, { username: 'u', password: 'p' }],
    ['a password with colons', { auth: btoa('u:p:q:') }, { username: 'u', password: 'p:q:' }],
    ['a password filled up with zero bytes', { auth: btoa('u:p\0\0') }, { username: 'u', password: 'p' }],
    ['auth wins', { username: 'x', password: 'y', auth: btoa('u:p') }, { username: 'u', password: 'p' }],
    ['null is absent', { username: 'u', password: 'p', auth: null }, { username: 'u', password: 'p' }],
    ['an identity token stands alone', { auth: btoa('0:'), identitytoken: 't' }, { identity_token: 't' }],
    [
      'a registry token stands beside the pair',
      { username: 'u', password: 'p', registrytoken: 't' },
      { username: 'u', password: 'p', registry_token: 't' },
    ],
    ['what else is there', { username: 'u', password: 'p', provider: 7 }, { username: 'u', password: 'p' }],
  ])('%s', (_, entry, auth) => {
    expect(read(entry)).toEqual({ ...empty, entries: [{ registry: 'r.test', auth }] });
  });

  test('that is empty, as where a helper keeps the secret, is none', () => {
    expect(read({})).toEqual(empty);
    expect(read({ auth: '' })).toEqual(empty);
  });

  test.each([
    ['a number', 7],
    ['null', null],
    ['a list', []],
    ['a password that is no text', { username: 'u', password: 7 }],
    ['auth that is no base64', { auth: 'u:hunter2' }],
    ['auth without a colon', { auth: btoa('hunter2') }],
  ])('%s is passed over, and nothing of it is repeated', (_, entry) => {
    expect(read(entry)).toEqual({ ...empty, problem: passedOver });
  });

  test('that is broken costs no other', () => {
    const text = JSON.stringify({ auths: { a: { auth: '?' }, b: { auth: btoa('u:p') } } });
    expect(parseDockerConfig(text)).toEqual({
      ...empty,
      entries: [{ registry: 'b', auth: { username: 'u', password: 'p' } }],
      problem: passedOver,
    });
  });

  test('may be named as nothing else is', () => {
    const text = '{"auths":{"__proto__":{"username":"u","password":"p"}}}';
    expect(parseDockerConfig(text).entries).toEqual([
      { registry: '__proto__', auth: { username: 'u', password: 'p' } },
    ]);
  });
});

test('helpers', () => {
  const text = JSON.stringify({
    credHelpers: { 'a.test': 'pass', 'b.test': 7 },
    credsStore: 'secretservice',
  });
  expect(parseDockerConfig(text)).toEqual({
    entries: [],
    helpers: new Map([['a.test', 'pass']]),
    defaultHelper: 'secretservice',
    problem: passedOver,
  });
  expect(parseDockerConfig('{"credsStore":"","other":1}')).toEqual(empty);
});

test.each([
  ['', 'it is not valid JSON'],
  ['{"auths":{"r.test":{"auth":"aHVudGVyMg', 'it is not valid JSON'],
  ['hunter2', 'it is not valid JSON'],
  ['[]', 'it is not a docker configuration'],
  ['"hunter2"', 'it is not a docker configuration'],
  ['null', 'it is not a docker configuration'],
])('%j is nothing', (text, problem) => {
  expect(parseDockerConfig(text)).toEqual({ ...empty, problem });
  expect(parseDockercfg(text)).toEqual({ ...empty, problem });
});

test.each(['{"auths":"hunter2"}', '{"auths":[]}', '{"credHelpers":"x"}'])('%s is nothing', (text) => {
  expect(parseDockerConfig(text)).toEqual({ ...empty, problem: 'it is not a docker configuration' });
});
