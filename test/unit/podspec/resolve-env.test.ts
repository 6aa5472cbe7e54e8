import { describe, expect, test } from 'vitest';
import type { Container, EnvSource, UsedObjects } from '../../../src/pod/index.ts';
import { resolveEnv } from '../../../src/podspec/index.ts';
import { byName, configMap, facts, makePod, makeUses, secret, subjectOf } from './base.ts';

const uses = makeUses({
  configMaps: byName(configMap('settings', { A: 'a', B: '$(A)', 'odd key': 'o', 'a=b': 'no', é: 'no' })),
  secrets: byName(
    secret('login', { user: 'müller', password: 's3cret', raw: Uint8Array.of(0xff, 0xfe), nul: 'a\0b' }),
  ),
});

const files = new Map<string, string | undefined>([
  ['run/env', "TOKEN='t0ken'\nEMPTY=''\nNUL='a\0b'\n"],
  ['run/bad', 'a bad line with s3cret'],
  ['run/missing', undefined],
]);

const resolve = (app: Partial<Container>, objects: UsedObjects = uses) => {
  const found = resolveEnv(subjectOf(makePod({ app })), facts, { uses: objects, envFiles: files });
  return 'problem' in found ? found.problem : [...found.variables];
};
const env = (valueFrom: EnvSource) => ({ env: [{ name: 'X', value: '', valueFrom }] });

// kubelet: makeEnvironmentVariables
describe('variables', () => {
  test.each<[what: string, app: Partial<Container>, variables: [string, string][]]>([
    ['none', {}, []],
    [
      'in their order, each with those before it',
      {
        env: [
          { name: 'LATE', value: '$(A)' },
          { name: 'A', value: '1' },
          { name: 'B', value: '$(A)$(LATE)$$(A)' },
          { name: 'A', value: '$(A)2' },
        ],
      },
      [
        ['LATE', '$(A)'],
        ['A', '12'],
        ['B', '1$(A)$(A)'],
      ],
    ],
    [
      'of a whole ConfigMap, unexpanded and without keys that make no name',
      { envFrom: [{ kind: 'configMapRef', name: 'settings' }] },
      [
        ['A', 'a'],
        ['B', '$(A)'],
        ['odd key', 'o'],
      ],
    ],
    [
      'with a prefix',
      { envFrom: [{ kind: 'configMapRef', name: 'settings', prefix: 'P_' }] },
      [
        ['P_A', 'a'],
        ['P_B', '$(A)'],
        ['P_odd key', 'o'],
      ],
    ],
    [
      'of objects in order, the later ones winning, and env over all of them',
      {
        envFrom: [
          { kind: 'configMapRef', name: 'settings' },
          { kind: 'configMapRef', name: 'more' },
        ],
        env: [
          { name: 'B', value: '$(A)' },
          { name: 'C', value: '$(B)' },
        ],
      },
      [
        ['A', 'from more'],
        ['B', 'from more'],
        ['odd key', 'o'],
        ['C', 'from more'],
      ],
    ],
    ['of a ConfigMap’s key', env({ kind: 'configMapKeyRef', name: 'settings', key: 'B' }), [['X', '$(A)']]],
    ['of a Secret’s key', env({ kind: 'secretKeyRef', name: 'login', key: 'user' }), [['X', 'müller']]],
    [
      'of a file',
      env({ kind: 'fileKeyRef', volumeName: 'run', path: 'env', key: 'TOKEN' }),
      [['X', 't0ken']],
    ],
    [
      'of a file, empty',
      env({ kind: 'fileKeyRef', volumeName: 'run', path: 'env', key: 'EMPTY' }),
      [['X', '']],
    ],
    ['of the pod', env({ kind: 'fieldRef', fieldPath: 'status.podIP' }), [['X', '10.0.0.7']]],
    ['of its own limits', env({ kind: 'resourceFieldRef', resource: 'limits.cpu' }), [['X', '1']]],
    ['optional, of no ConfigMap', env({ kind: 'configMapKeyRef', name: 'no', key: 'k', optional: true }), []],
    ['optional, of no key', env({ kind: 'secretKeyRef', name: 'login', key: 'k', optional: true }), []],
    ['optional, of no whole Secret', { envFrom: [{ kind: 'secretRef', name: 'no', optional: true }] }, []],
    [
      'optional, of no file',
      env({ kind: 'fileKeyRef', volumeName: 'run', path: 'missing', key: 'k', optional: true }),
      [],
    ],
    [
      'optional, of no key in a file',
      env({ kind: 'fileKeyRef', volumeName: 'run', path: 'env', key: 'k', optional: true }),
      [],
    ],
  ])('%s', (_what, app, variables) => {
    const more = configMap('more', { A: 'from more', B: '' });
    const objects = { ...uses, configMaps: new Map([...uses.configMaps, ['more', more]]) };
    expect(resolve(app, objects)).toEqual(variables);
  });

  test('a name without a value is set, and an optional one without a source is not', () => {
    expect(
      resolve({
        env: [
          { name: 'X', value: 'before' },
          {
            name: 'X',
            value: '',
            valueFrom: { kind: 'configMapKeyRef', name: 'no', key: 'k', optional: true },
          },
          { name: 'Y', value: '' },
        ],
      }),
    ).toEqual([
      ['X', 'before'],
      ['Y', ''],
    ]);
  });

  test('binary data of a ConfigMap is for files only', () => {
    const binary = { ...configMap('c', { A: 'a' }), binaryData: new Map([['B', 'AAAA']]) };
    const objects = makeUses({ configMaps: byName(binary) });
    expect(resolve({ envFrom: [{ kind: 'configMapRef', name: 'c' }] }, objects)).toEqual([['A', 'a']]);
    expect(resolve(env({ kind: 'configMapKeyRef', name: 'c', key: 'B' }), objects)).toBe(
      "couldn't find key B in ConfigMap prod/c",
    );
  });

  test('keys are names and nothing else', () => {
    const objects = makeUses({
      configMaps: byName(configMap('c', JSON.parse('{"__proto__":"p","constructor":"c"}'))),
    });
    expect(resolve({ envFrom: [{ kind: 'configMapRef', name: 'c' }] }, objects)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    expect(resolve({ env: [{ name: 'X', value: '$(toString)' }] })).toEqual([['X', '$(toString)']]);
  });
});

describe('a container has no variables and waits', () => {
  const inFile = (path: string, key: string) => env({ kind: 'fileKeyRef', volumeName: 'run', path, key });
  test.each<[problem: string, app: Partial<Container>]>([
    ['configmap "no" not found', env({ kind: 'configMapKeyRef', name: 'no', key: 'k' })],
    ['secret "no" not found', env({ kind: 'secretKeyRef', name: 'no', key: 'k' })],
    ['configmap "no" not found', { envFrom: [{ kind: 'configMapRef', name: 'no' }] }],
    ['secret "no" not found', { envFrom: [{ kind: 'secretRef', name: 'no', optional: false }] }],
    [
      "couldn't find key k in ConfigMap prod/settings",
      env({ kind: 'configMapKeyRef', name: 'settings', key: 'k' }),
    ],
    ["couldn't find key k in Secret prod/login", env({ kind: 'secretKeyRef', name: 'login', key: 'k' })],
    ['unsupported fieldPath: status.phase', env({ kind: 'fieldRef', fieldPath: 'status.phase' })],
    [
      'container no not found',
      env({ kind: 'resourceFieldRef', resource: 'limits.cpu', containerName: 'no' }),
    ],
    ['environment variable file "missing" not found in volume "run"', inFile('missing', 'k')],
    ['environment variable file "unseen" not found in volume "run"', inFile('unseen', 'k')],
    [`couldn't find key k in environment variable file "env" of volume "run"`, inFile('env', 'k')],
    [
      `couldn't parse environment variable file "bad" of volume "run": invalid environment variable format at line 1: missing '='`,
      inFile('bad', 'k'),
    ],
    [
      `couldn't use key NUL in environment variable file "env" of volume "run": its value contains a NUL byte`,
      inFile('env', 'NUL'),
    ],
    [
      "couldn't use key raw in Secret prod/login: its value is not valid UTF-8",
      env({ kind: 'secretKeyRef', name: 'login', key: 'raw' }),
    ],
    [
      "couldn't use key nul in Secret prod/login: its value contains a NUL byte",
      env({ kind: 'secretKeyRef', name: 'login', key: 'nul' }),
    ],
    [
      "couldn't use key raw in Secret prod/login: its value is not valid UTF-8",
      { envFrom: [{ kind: 'secretRef', name: 'login' }] },
    ],
  ])('%s', (problem, app) => {
    expect(resolve(app)).toBe(problem);
  });

  test('and a bad file is bad for what is optional too', () => {
    const app = env({ kind: 'fileKeyRef', volumeName: 'run', path: 'bad', key: 'k', optional: true });
    expect(resolve(app)).toMatch(/^couldn't parse /);
  });
});
