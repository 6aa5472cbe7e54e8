import { describe, expect, test } from 'vitest';
import type { EnvFrom, EnvVar } from '../../../src/pod/index.ts';
import { errorsOf, podOf } from './parse.ts';

const pod = (container: string): string => `name: web
volumes: [{name: shared}, {name: host, hostPath: {path: /srv}}]
containers:
- {${container}, name: main, image: i}
- {name: side, image: i}
`;
const valueFrom = (source: string): string => pod(`env: [{name: A, valueFrom: ${source}}]`);

const envOf = (text: string): readonly EnvVar[] | undefined => podOf(text).spec.containers[0]?.env;
const envFromOf = (text: string): readonly EnvFrom[] | undefined => podOf(text).spec.containers[0]?.envFrom;

/** Errors without the place, which is the same line everywhere, and without the way to the variable. */
const reasonsOf = (text: string): string[] =>
  errorsOf(text).map((error) =>
    error.replace(/^4:\d+: containers\[0\]\.(env\[0\]\.valueFrom|env|envFrom)\b/, ''),
  );

const NAME_RULE = String.raw`a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const KEY_RULE = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;
const ENV_RULE = `a valid environment variable name must consist only of printable ASCII characters other than '='`;
const PATHS =
  '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", ' +
  '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"';
const RESOURCES =
  '"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"';
const SIZES = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';
const NO_SOURCE =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

describe('where a value comes from', () => {
  test.each<[string, object]>([
    ...[
      'metadata.name',
      'metadata.namespace',
      'metadata.uid',
      'spec.nodeName',
      'spec.serviceAccountName',
      'status.hostIP',
      'status.hostIPs',
      'status.podIP',
      'status.podIPs',
    ].map((fieldPath): [string, object] => [
      `{fieldRef: {fieldPath: ${fieldPath}}}`,
      { kind: 'fieldRef', fieldPath },
    ]),
    [
      `{fieldRef: {apiVersion: v1, fieldPath: "metadata.labels['example.com/A_b']"}}`,
      { kind: 'fieldRef', fieldPath: "metadata.labels['example.com/A_b']" },
    ],
    [
      `{fieldRef: {fieldPath: "metadata.annotations['Example.COM/a']"}}`,
      { kind: 'fieldRef', fieldPath: "metadata.annotations['Example.COM/a']" },
    ],
    // As the first clients called it.
    ['{fieldRef: {fieldPath: spec.host}}', { kind: 'fieldRef', fieldPath: 'spec.nodeName' }],
    ['{resourceFieldRef: {resource: limits.cpu}}', { kind: 'resourceFieldRef', resource: 'limits.cpu' }],
    [
      '{resourceFieldRef: {resource: requests.cpu, divisor: 1m, containerName: side}}',
      { kind: 'resourceFieldRef', resource: 'requests.cpu', divisor: '1m', containerName: 'side' },
    ],
    [
      '{resourceFieldRef: {resource: requests.memory, divisor: 1024Ki}}',
      { kind: 'resourceFieldRef', resource: 'requests.memory', divisor: '1Mi' },
    ],
    ...['1', '"1"', '0', '"0"', '1000m'].map((divisor): [string, object] => [
      `{resourceFieldRef: {resource: limits.ephemeral-storage, divisor: ${divisor}}}`,
      { kind: 'resourceFieldRef', resource: 'limits.ephemeral-storage' },
    ]),
    [
      '{resourceFieldRef: {resource: limits.hugepages-2Mi, divisor: 1Mi}}',
      { kind: 'resourceFieldRef', resource: 'limits.hugepages-2Mi', divisor: '1Mi' },
    ],
    ['{configMapKeyRef: {name: a.b, key: .k_K-1}}', { kind: 'configMapKeyRef', name: 'a.b', key: '.k_K-1' }],
    [
      '{secretKeyRef: {name: s, key: k, optional: true}}',
      { kind: 'secretKeyRef', name: 's', key: 'k', optional: true },
    ],
    ['{secretKeyRef: {name: s, key: k, optional: false}}', { kind: 'secretKeyRef', name: 's', key: 'k' }],
    [
      '{fileKeyRef: {volumeName: shared, path: a/..b/env, key: A B, optional: true}}',
      { kind: 'fileKeyRef', volumeName: 'shared', path: 'a/..b/env', key: 'A B', optional: true },
    ],
    // Null is absent.
    [
      '{fieldRef: null, secretKeyRef: ~, configMapKeyRef: {name: a, key: k}}',
      { kind: 'configMapKeyRef', name: 'a', key: 'k' },
    ],
  ])('%s', (source, expected) => {
    expect(envOf(valueFrom(source))).toEqual([{ name: 'A', value: '', valueFrom: expected }]);
  });

  test.each(['null', '~'])('%s is none', (source) => {
    expect(envOf(valueFrom(source))).toEqual([{ name: 'A', value: '' }]);
  });

  test('an empty value beside a source', () => {
    const source = '{fieldRef: {fieldPath: metadata.name}}';
    expect(envOf(pod(`env: [{name: A, value: "", valueFrom: ${source}}]`))).toEqual([
      { name: 'A', value: '', valueFrom: { kind: 'fieldRef', fieldPath: 'metadata.name' } },
    ]);
  });
});

describe('what is wrong with a source', () => {
  test.each<[string, string[]]>([
    ['{}', [`: Invalid value: "": ${NO_SOURCE}`]],
    [
      '{fieldRef: {fieldPath: metadata.name}, secretKeyRef: {name: s}}',
      [
        ': Invalid value: "": may not have more than one field specified at a time',
        '.secretKeyRef.key: Required value',
      ],
    ],
    ['{fieldRef: {}}', ['.fieldRef.fieldPath: Required value']],
    [
      '{fieldRef: {fieldPath: metadata.name, apiVersion: v2}}',
      ['.fieldRef.apiVersion: Invalid value: "v2": unsupported pod version: write v1'],
    ],
    ...[
      'metadata.labels',
      'metadata.annotations',
      'spec.restartPolicy',
      'spec.schedulerName',
      'status.phase',
    ].map((path): [string, string[]] => [
      `{fieldRef: {fieldPath: ${path}}}`,
      [`.fieldRef.fieldPath: Unsupported value: "${path}": supported values: ${PATHS}`],
    ]),
    [
      '{fieldRef: {fieldPath: spec.hostname}}',
      [
        '.fieldRef.fieldPath: Invalid value: "spec.hostname": error converting fieldPath: field label not supported: spec.hostname',
      ],
    ],
    [
      `{fieldRef: {fieldPath: "metadata.name['a']"}}`,
      ['.fieldRef.fieldPath: Invalid value: "metadata.name": does not support subscript'],
    ],
    [
      `{fieldRef: {fieldPath: "metadata.labels['']"}}`,
      [
        '.fieldRef.fieldPath: Invalid value: "": name part must be non-empty',
        expect.stringMatching(/^\.fieldRef\.fieldPath: Invalid value: "": name part must consist of /),
      ],
    ],
    [
      `{fieldRef: {fieldPath: "metadata.labels['A.b/c']"}}`,
      [expect.stringMatching(/^\.fieldRef\.fieldPath: Invalid value: "A.b\/c": prefix part a lowercase/)],
    ],
    [
      `{fieldRef: {fieldPath: 'metadata.labels["a"]'}}`,
      [expect.stringMatching(/field label not supported: metadata.labels\["a"\]$/)],
    ],
    ['{resourceFieldRef: {}}', ['.resourceFieldRef.resource: Required value']],
    [
      '{resourceFieldRef: {resource: cpu}}',
      [`.resourceFieldRef.resource: Unsupported value: "cpu": supported values: ${RESOURCES}`],
    ],
    [
      '{resourceFieldRef: {resource: limits.cpu, containerName: other}}',
      ['.resourceFieldRef.containerName: Not found: "other"'],
    ],
    [
      '{resourceFieldRef: {resource: limits.cpu, divisor: 10m}}',
      [
        `.resourceFieldRef.divisor: Invalid value: "10m": only divisor's values 1m and 1 are supported with the cpu resource`,
      ],
    ],
    [
      '{resourceFieldRef: {resource: limits.memory, divisor: 2Mi}}',
      [
        `.resourceFieldRef.divisor: Invalid value: "2Mi": only divisor's values ${SIZES} are supported with the memory resource`,
      ],
    ],
    [
      '{resourceFieldRef: {resource: requests.hugepages-1Gi, divisor: 1m}}',
      [
        `.resourceFieldRef.divisor: Invalid value: "1m": only divisor's values ${SIZES} are supported with the hugepages resource`,
      ],
    ],
    [
      '{resourceFieldRef: {resource: limits.ephemeral-storage, divisor: "1 Mi"}}',
      [
        `.resourceFieldRef.divisor: Invalid value: "1 Mi": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      ],
    ],
    [
      '{configMapKeyRef: {}}',
      ['.configMapKeyRef.name: Required value', '.configMapKeyRef.key: Required value'],
    ],
    [
      '{configMapKeyRef: {name: ../a, key: ../k}}',
      [
        `.configMapKeyRef.name: Invalid value: "../a": ${NAME_RULE}`,
        `.configMapKeyRef.key: Invalid value: "../k": ${KEY_RULE}`,
        `.configMapKeyRef.key: Invalid value: "../k": must not start with '..'`,
      ],
    ],
    [
      '{secretKeyRef: {name: s, key: .., optional: "true"}}',
      [
        `.secretKeyRef.key: Invalid value: "..": must not be '..'`,
        '.secretKeyRef.optional: expected a boolean, got the string "true" (remove the quotes)',
      ],
    ],
    [
      '{fileKeyRef: {}}',
      [
        '.fileKeyRef.path: Required value',
        '.fileKeyRef.key: Required value',
        '.fileKeyRef.volumeName: Required value',
      ],
    ],
    [
      '{fileKeyRef: {volumeName: other, path: /env, key: "A="}}',
      [
        '.fileKeyRef.volumeName: Not found: "other"',
        '.fileKeyRef.path: Invalid value: "/env": must be a relative path',
        `.fileKeyRef.key: Invalid value: "A=": ${ENV_RULE}`,
      ],
    ],
    [
      '{fileKeyRef: {volumeName: host, path: a/../../env, key: A}}',
      [
        '.fileKeyRef.volumeName: Invalid value: "host": referenced volume must be of type emptyDir',
        `.fileKeyRef.path: Invalid value: "a/../../env": must not contain '..'`,
      ],
    ],
    ['{secretRef: {name: s}}', ['.secretRef: unknown field "containers[0].env[0].valueFrom.secretRef"']],
    ['[]', [': expected a map, got a list']],
  ])('%s', (source, reasons) => {
    expect(reasonsOf(valueFrom(source))).toEqual(reasons);
  });

  test('a value beside a source', () => {
    expect(
      reasonsOf(pod('env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]')),
    ).toEqual([': Invalid value: "": may not be specified when `value` is not empty']);
  });

  test('a value of the wrong type beside a source is told once', () => {
    const text = pod('env: [{name: A, value: 1, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]');
    expect(reasonsOf(text)).toEqual(['[0].value: expected a string, got the number 1 (quote it: "1")']);
  });
});

describe('envFrom', () => {
  test.each<[string, object]>([
    ['{configMapRef: {name: a}}', { kind: 'configMapRef', name: 'a' }],
    [
      '{prefix: P_, secretRef: {name: s, optional: true}}',
      { kind: 'secretRef', name: 's', prefix: 'P_', optional: true },
    ],
    ['{prefix: "", configMapRef: {name: a, optional: false}}', { kind: 'configMapRef', name: 'a' }],
  ])('%s', (source, expected) => {
    expect(envFromOf(pod(`envFrom: [${source}]`))).toEqual([expected]);
  });

  test('none', () => {
    expect(envFromOf(pod('envFrom: []'))).toBeUndefined();
  });

  test.each<[string, string[]]>([
    ['{}', ['[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`']],
    [
      '{prefix: "A="}',
      [
        '[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
        `[0].prefix: Invalid value: "A=": ${ENV_RULE}`,
      ],
    ],
    ['{configMapRef: {}}', ['[0].configMapRef.name: Required value']],
    ['{secretRef: {name: S}}', [`[0].secretRef.name: Invalid value: "S": ${NAME_RULE}`]],
    [
      '{configMapRef: {name: a}, secretRef: {name: b}}',
      ['[0]: Invalid value: "": may not have more than one field specified at a time'],
    ],
  ])('%s', (source, reasons) => {
    expect(reasonsOf(pod(`envFrom: [${source}]`))).toEqual(reasons);
  });
});
