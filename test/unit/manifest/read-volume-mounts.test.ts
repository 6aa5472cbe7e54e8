import { describe, expect, test } from 'vitest';
import type { VolumeMount } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

/** A pod with one container; its mounts are line 4. */
const pod = (mounts: string, container = ''): string => `name: web
volumes: [{name: data, emptyDir: {}}, {name: tools, image: {reference: a}}]
containers:
- {volumeMounts: ${mounts}, name: main, image: i${container}}
`;
const privileged = ', securityContext: {privileged: true}';

const mountsOf = (mounts: string, container?: string): readonly VolumeMount[] | undefined =>
  podOf(pod(mounts, container)).spec.containers[0]?.volumeMounts;

/** Errors without the place, which is the same line everywhere, and without the way to the mounts. */
const reasonsOf = (mounts: string, container?: string): string[] =>
  errorsOf(pod(mounts, container)).map((error) => error.replace(/^4:\d+: containers\[0\]\.volumeMounts/, ''));

describe('what is accepted', () => {
  test.each<[string, object]>([
    ['{name: data, mountPath: /data}', { name: 'data', mountPath: '/data' }],
    // Kubernetes leaves both to the kubelet and the runtime.
    ['{name: data, mountPath: "data:x"}', { name: 'data', mountPath: 'data:x' }],
    [
      '{name: data, mountPath: /d, readOnly: false, recursiveReadOnly: Disabled, mountPropagation: None, subPath: ""}',
      { name: 'data', mountPath: '/d' },
    ],
    [
      '{name: data, mountPath: /d, readOnly: true, recursiveReadOnly: IfPossible, mountPropagation: None}',
      { name: 'data', mountPath: '/d', readOnly: true, recursiveReadOnly: 'IfPossible' },
    ],
    [
      '{name: data, mountPath: /d, readOnly: true, recursiveReadOnly: Enabled}',
      { name: 'data', mountPath: '/d', readOnly: true, recursiveReadOnly: 'Enabled' },
    ],
    [
      '{name: data, mountPath: /d, mountPropagation: HostToContainer, subPath: a/..b/c..}',
      { name: 'data', mountPath: '/d', mountPropagation: 'HostToContainer', subPath: 'a/..b/c..' },
    ],
    [
      '{name: data, mountPath: /d, subPathExpr: $(POD)/x}',
      { name: 'data', mountPath: '/d', subPathExpr: '$(POD)/x' },
    ],
    [
      '{name: tools, mountPath: /t, recursiveReadOnly: IfPossible}',
      { name: 'tools', mountPath: '/t', readOnly: true, recursiveReadOnly: 'IfPossible' },
    ],
  ])('%s', (mount, expected) => {
    expect(mountsOf(`[${mount}]`)).toEqual([expected]);
  });

  test('one volume at two places, and none at all', () => {
    expect(mountsOf('[{name: data, mountPath: /a}, {name: data, mountPath: /a/}]')).toHaveLength(2);
    expect(mountsOf('[]')).toBeUndefined();
  });

  test('propagation to the host, where the container is privileged', () => {
    const mount = '{name: data, mountPath: /d, mountPropagation: Bidirectional}';
    expect(mountsOf(`[${mount}]`, privileged)).toEqual([
      { name: 'data', mountPath: '/d', mountPropagation: 'Bidirectional' },
    ]);
    expect(reasonsOf(`[${mount}]`)).toEqual([
      '[0].mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
    ]);
  });

  test('an image volume that asks to be writable is told that it is not', () => {
    expect(notesOf(pod('[{name: tools, mountPath: /t, readOnly: false}]'))).toEqual([
      expect.stringMatching(/\[0\].readOnly: has no effect here: image volumes are read-only$/),
    ]);
  });
});

test.each<[string, string[]]>([
  ['[{}]', ['[0].name: Required value', '[0].mountPath: Required value']],
  ['[{name: other, mountPath: /a}]', ['[0].name: Not found: "other"']],
  [
    '[{name: data, mountPath: /a}, {name: tools, mountPath: /a}, {name: data, mountPath: /a}]',
    [
      '[1].mountPath: Invalid value: "/a": must be unique',
      '[2].mountPath: Invalid value: "/a": must be unique',
    ],
  ],
  [
    '[{name: data, mountPath: /a, subPath: /x}, {name: data, mountPath: /b, subPath: a/..}, {name: data, mountPath: /c, subPathExpr: ../x}]',
    [
      '[0].subPath: Invalid value: "/x": must be a relative path',
      `[1].subPath: Invalid value: "a/..": must not contain '..'`,
      `[2].subPathExpr: Invalid value: "../x": must not contain '..'`,
    ],
  ],
  [
    '[{name: data, mountPath: /a, subPath: a, subPathExpr: b}]',
    ['[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive'],
  ],
  [
    '[{name: data, mountPath: /a, mountPropagation: Both, recursiveReadOnly: true}]',
    [
      '[0].mountPropagation: Unsupported value: "Both": supported values: "Bidirectional", "HostToContainer", "None"',
      '[0].recursiveReadOnly: expected a string, got the boolean true (quote it: "true")',
    ],
  ],
  [
    '[{name: data, mountPath: /a, recursiveReadOnly: Enabled, mountPropagation: HostToContainer}]',
    [
      '[0].recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
      '[0].recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified',
    ],
  ],
  [
    '[{name: data, mountPath: /a, recursiveReadOnly: Yes!}]',
    [
      '[0].recursiveReadOnly: Unsupported value: "Yes!": supported values: "Disabled", "Enabled", "IfPossible"',
    ],
  ],
])('%s', (mounts, errors) => {
  expect(reasonsOf(mounts)).toEqual(errors);
});

test.each(['{x: y}', '{}'])(
  'a volume whose kind is refused (nfs: %s) says nothing more where it is mounted',
  (nfs) => {
    const text = `name: web\nvolumes: [{name: v, nfs: ${nfs}}]\ncontainers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v}]}]\n`;
    expect(errorsOf(text)).toEqual([expect.stringMatching(/^2:2\d: volumes\[0\].nfs: Forbidden: /)]);
  },
);
