import { describe, expect, test } from 'vitest';
import type { Container, UsedObjects, Volume, VolumeSource } from '../../../src/pod/index.ts';
import { configDigest } from '../../../src/podspec/index.ts';
import { app, byName, configMap, makePod, makeUses, secret, subjectOf } from './base.ts';

const settings = configMap('settings', { a: '1', b: '2' }, 'd1');
const login = secret('login', { user: 'u', password: 'hunter2' }, 'd2');
const uses = makeUses({ configMaps: byName(settings), secrets: byName(login) });

const digest = (changes: Partial<Container>, objects: UsedObjects = uses, volumes: readonly Volume[] = []) =>
  configDigest(subjectOf(makePod({ spec: { volumes, containers: [{ ...app, ...changes }] } })), objects);

const env = (name: string, key: string): Partial<Container> => ({
  env: [
    {
      name: 'X',
      value: '',
      valueFrom: { kind: name === 'login' ? 'secretKeyRef' : 'configMapKeyRef', name, key },
    },
  ],
});
const mounted = (source: VolumeSource, mount: object): [Partial<Container>, Volume[]] => [
  { volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] },
  [{ name: 'v', source }],
];
const files: VolumeSource = { kind: 'configMap', name: 'settings', defaultMode: 420 };
const projected: VolumeSource = {
  kind: 'projected',
  sources: [
    { kind: 'secret', name: 'login' },
    { kind: 'downwardAPI', items: [] },
  ],
  defaultMode: 420,
};

describe('a container takes nothing when it is made', () => {
  test.each<[what: string, changes: Partial<Container>, volumes: Volume[]]>([
    ['with no reference', { env: [{ name: 'A', value: '$(B)' }] }, []],
    [
      'with its own fields',
      { env: [{ name: 'A', value: '', valueFrom: { kind: 'fieldRef', fieldPath: 'metadata.name' } }] },
      [],
    ],
    ['from files that follow their object', ...mounted(files, {})],
    ['from a part of another volume', ...mounted({ kind: 'emptyDir', medium: '' }, { subPath: 'a' })],
  ])('%s', (_what, changes, volumes) => {
    expect(digest(changes, uses, volumes)).toBe('');
  });
});

describe('what a container takes, changed', () => {
  const edited = {
    key: makeUses({ ...uses, configMaps: byName(configMap('settings', { a: 'other', b: '2' }, 'd1x')) }),
    otherKey: makeUses({ ...uses, configMaps: byName(configMap('settings', { a: '1', b: 'other' }, 'd1y')) }),
    secret: makeUses({ ...uses, secrets: byName(secret('login', { user: 'u', password: 'other' }, 'd2x')) }),
    none: makeUses(),
  };

  test.each<[what: string, changes: Partial<Container>, volumes: Volume[], by: (keyof typeof edited)[]]>([
    ['a key', env('settings', 'a'), [], ['key', 'none']],
    ['a key of a Secret', env('login', 'password'), [], ['secret', 'none']],
    [
      'a whole ConfigMap',
      { envFrom: [{ kind: 'configMapRef', name: 'settings' }] },
      [],
      ['key', 'otherKey', 'none'],
    ],
    ['a whole Secret', { envFrom: [{ kind: 'secretRef', name: 'login' }] }, [], ['secret', 'none']],
    ['a sub path', ...mounted(files, { subPath: 'a' }), ['key', 'otherKey', 'none']],
    ['a sub path expression', ...mounted(files, { subPathExpr: '$(A)' }), ['key', 'otherKey', 'none']],
    ['a sub path of what is projected', ...mounted(projected, { subPath: 'a' }), ['secret', 'none']],
    ['something that is not there', { ...env('no', 'a') }, [], []],
  ])('%s', (_what, changes, volumes, by) => {
    const before = digest(changes, uses, volumes);
    expect(before).toMatch(/^1:[0-9a-f]{16}$/);
    const kinds = Object.keys(edited) as (keyof typeof edited)[];
    expect(kinds.filter((kind) => digest(changes, edited[kind], volumes) !== before)).toEqual(by);
  });

  test('an object that appears is a change, as is a key', () => {
    expect(digest(env('settings', 'new'))).not.toBe(
      digest(env('settings', 'new'), makeUses({ configMaps: byName(configMap('settings', { new: '' })) })),
    );
    expect(digest(env('settings', 'a'), makeUses())).not.toBe(digest(env('settings', 'a')));
  });

  test('another name for the same value is another thing', () => {
    const same = makeUses({ configMaps: byName(configMap('settings', { a: '1', c: '1' })) });
    expect(digest(env('settings', 'a'), same)).not.toBe(digest(env('settings', 'c'), same));
  });
});

test('its values are not in it', () => {
  const made = digest(env('login', 'password'));
  for (const text of [
    'hunter2',
    Buffer.from('hunter2').toString('base64'),
    Buffer.from('hunter2').toString('hex'),
  ]) {
    expect(made).not.toContain(text);
  }
});
