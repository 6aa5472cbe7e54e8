import { expect, test } from 'vitest';
import { digestOf, secretCredentials, withoutSecrets } from '../../../src/images/credentials.ts';
import type { PullSecret } from '../../../src/images/index.ts';

const image = { host: 'r.test', path: 'team/app' };

function secret(name: string, entries: Record<string, string>, older = false): PullSecret {
  const auths = Object.fromEntries(
    Object.entries(entries).map(([registry, user]) => [registry, { username: user, password: `of ${user}` }]),
  );
  return older
    ? { type: 'kubernetes.io/dockercfg', text: JSON.stringify(auths), name }
    : { type: 'kubernetes.io/dockerconfigjson', text: JSON.stringify({ auths }), name };
}

const users = (secrets: readonly PullSecret[]): readonly (string | undefined)[] =>
  secretCredentials(secrets, image).candidates.map(({ username }) => username);

test.each<[string, readonly PullSecret[], readonly string[]]>([
  ['no secret', [], []],
  ['one for another registry', [secret('a', { 'other.test': 'a' })], []],
  ['both forms', [secret('a', { 'r.test': 'a' }), secret('b', { 'r.test': 'b' }, true)], ['a', 'b']],
  [
    'longest first, across secrets',
    [secret('a', { 'r.test': 'a' }), secret('b', { 'r.test/team': 'b' })],
    ['b', 'a'],
  ],
])('of %s', (_, secrets, expected) => {
  expect(users(secrets)).toEqual(expected);
  expect(secretCredentials(secrets, image).problems).toEqual([]);
});

test('a secret that is missing or broken costs itself alone, and is told by name without its content', () => {
  const broken: PullSecret = { type: 'kubernetes.io/dockerconfigjson', text: '{"hunter2', name: 'b' };
  const other: PullSecret = { type: 'kubernetes.io/dockercfg', text: '"hunter2"', name: 'c' };
  const missing: PullSecret = { name: 'd', problem: 'not found' };
  expect(secretCredentials([broken, other, missing, secret('a', { 'r.test': 'a' })], image)).toEqual({
    candidates: [{ username: 'a', password: 'of a' }],
    problems: [
      'pull secret "b": it is not valid JSON',
      'pull secret "c": it is not a docker configuration',
      'pull secret "d": not found',
    ],
  });
});

test('helpers in a secret are not run: only the machine says what runs on it', () => {
  const text = JSON.stringify({ credsStore: 'own', credHelpers: { 'r.test': 'own' } });
  expect(secretCredentials([{ name: 'a', type: 'kubernetes.io/dockerconfigjson', text }], image)).toEqual({
    candidates: [],
    problems: [],
  });
});

test('a digest tells credentials apart and tells nothing of them', () => {
  const [a, b] = [
    { username: 'u', password: 'p' },
    { username: 'u', password: 'q' },
  ];
  expect(digestOf([a])).toBe(digestOf([{ ...a }]));
  expect(new Set([[], [a], [b], [a, b], [b, a]].map(digestOf)).size).toBe(5);
  expect(digestOf([a])).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['a password', 'bad hunter2!', 'bad ***!'],
  ['each time', 'hunter2 hunter2', '*** ***'],
  ['as it stands in an address', 'GET /?p=a%2Fb%20c', 'GET /?p=***'],
  ['as it travels', `Authorization: Basic ${btoa('alice:hunter2')}`, 'Authorization: Basic ***'],
  ['the longer one where one begins with another', 'hunter2222', '***'],
  ['tokens', 'identity1 registry1', '*** ***'],
  ['nothing else', 'alice may not pull r.test/team/app: p', 'alice may not pull r.test/team/app: p'],
])('hidden is %s', (_, text, hidden) => {
  const candidates = [
    { username: 'alice', password: 'hunter2' },
    { username: 'bob', password: 'a/b c' },
    { username: 'carol', password: 'hunter2222' },
    { username: 'dave', password: 'p' },
    { identity_token: 'identity1', registry_token: 'registry1' },
  ];
  expect(withoutSecrets(text, candidates)).toBe(hidden);
});
