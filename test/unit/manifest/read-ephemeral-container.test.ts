import { describe, expect, test } from 'vitest';
import { errorsOf, podOf } from './parse.ts';

const pod = (ephemeral: string): string =>
  [
    'name: web',
    'containers: [{name: app, image: app:1}]',
    'initContainers: [{name: fetch, image: app:1}]',
    'volumes: [{name: data, emptyDir: {}}]',
    `ephemeralContainers: [${ephemeral}]`,
  ].join('\n');

/** One that has nothing but its name and image. */
const plain = {
  ...{ name: 'debug', image: 'busybox:1' },
  ...{ command: [], args: [], env: [], ports: [], imagePullPolicy: 'IfNotPresent' },
};

describe('what arrives', () => {
  test.each<[string, object]>([
    ['{name: debug, image: "busybox:1"}', plain],
    ['{name: debug, image: "busybox:1", targetContainerName: app}', { ...plain, targetContainerName: 'app' }],
    [
      '{name: debug, image: "busybox:1", targetContainerName: fetch, stdin: true, tty: true, command: [sh]}',
      { ...plain, targetContainerName: 'fetch', stdin: true, tty: true, command: ['sh'] },
    ],
    [
      '{name: debug, image: "busybox:1", volumeMounts: [{name: data, mountPath: /d}], securityContext: {privileged: true}}',
      { ...plain, volumeMounts: [{ name: 'data', mountPath: '/d' }], securityContext: { privileged: true } },
    ],
    ['{name: debug, image: "busybox:1", resources: {}, ports: []}', plain],
  ])('%s', (ephemeral, container) => {
    expect(errorsOf(pod(ephemeral))).toEqual([]);
    expect(podOf(pod(ephemeral)).spec.ephemeralContainers).toEqual([container]);
  });

  test('of none is nothing', () => {
    expect(podOf(pod('')).spec).not.toHaveProperty('ephemeralContainers');
  });
});

describe('what is refused', () => {
  const notHere = (field: string): string =>
    `ephemeralContainers[0].${field}: Forbidden: cannot be set for an Ephemeral Container`;
  const also = (fields: string): string => `{name: debug, image: i, ${fields}}`;
  const exec = '{exec: {command: [a]}}';

  test.each<[string, string[]]>([
    ['{image: i}', ['ephemeralContainers[0].name: Required value']],
    ['{name: debug}', ['ephemeralContainers[0].image: Required value']],
    ['{name: app, image: i}', ['ephemeralContainers[0].name: Duplicate value: "app"']],
    ['{name: fetch, image: i}', ['ephemeralContainers[0].name: Duplicate value: "fetch"']],
    [
      '{name: debug, image: i}, {name: debug, image: i}',
      ['ephemeralContainers[1].name: Duplicate value: "debug"'],
    ],
    [
      also('targetContainerName: nobody'),
      ['ephemeralContainers[0].targetContainerName: Not found: "nobody"'],
    ],
    [
      '{name: debug, image: i}, {name: other, image: i, targetContainerName: debug}',
      ['ephemeralContainers[1].targetContainerName: Not found: "debug"'],
    ],
    [also('ports: [{containerPort: 80}]'), [notHere('ports')]],
    [also('resources: {limits: {cpu: 1}}'), [notHere('resources')]],
    [also(`livenessProbe: ${exec}`), [notHere('livenessProbe')]],
    [also(`readinessProbe: ${exec}`), [notHere('readinessProbe')]],
    [also(`startupProbe: ${exec}`), [notHere('startupProbe')]],
    [also(`lifecycle: {preStop: ${exec}}`), [notHere('lifecycle')]],
    [also('restartPolicy: Always'), [notHere('restartPolicy')]],
    [also('volumeMounts: [{name: data, mountPath: /d, subPath: a}]'), [notHere('volumeMounts[0].subPath')]],
    [
      also('volumeMounts: [{name: data, mountPath: /d, subPathExpr: a}]'),
      [notHere('volumeMounts[0].subPathExpr')],
    ],
    [
      also('volumeMounts: [{name: gone, mountPath: /d}]'),
      ['ephemeralContainers[0].volumeMounts[0].name: Not found: "gone"'],
    ],
  ])('%s', (ephemeral, errors) => {
    expect(errorsOf(pod(ephemeral)).map((error) => error.replace(/^\d+:\d+: /, ''))).toEqual(errors);
  });
});
