import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { defaultedSpec } from '../../../src/store/index.ts';

const container = { name: 'main', image: 'nginx:1.27' };
const shownContainer = {
  ...container,
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const shown = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  enableServiceLinks: true,
  securityContext: {},
  containers: [shownContainer],
};

/** A spec with one container, which has these fields; and what is shown of it. */
const inContainer = (fields: JsonObject, expected: JsonObject = fields) =>
  [
    { containers: [{ ...container, ...fields }] },
    { ...shown, containers: [{ ...shownContainer, ...expected }] },
  ] as const;
const inSpec = (fields: JsonObject, expected: JsonObject = fields) =>
  [
    { containers: [container], ...fields },
    { ...shown, ...expected },
  ] as const;
const volume = (source: JsonObject, expected: JsonObject) =>
  inSpec({ volumes: [{ name: 'v', ...source }] }, { volumes: [{ name: 'v', ...expected }] });
const env = (valueFrom: JsonObject, expected: JsonObject) =>
  inContainer({ env: [{ name: 'A', valueFrom }] }, { env: [{ name: 'A', valueFrom: expected }] });

const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

describe('what is shown of a spec (core/v1 SetDefaults_)', () => {
  test.each<[string, readonly [JsonObject, JsonObject]]>([
    ['the least there can be', inSpec({})],
    [
      'what is written stays',
      inSpec({
        restartPolicy: 'Never',
        dnsPolicy: 'None',
        schedulerName: 'mine',
        terminationGracePeriodSeconds: 0,
        enableServiceLinks: false,
        securityContext: { runAsUser: 0 },
      }),
    ],
    ['an empty text is none', inSpec({ restartPolicy: '' }, {})],
    [
      'the old name of the service account',
      inSpec({ serviceAccountName: 'x' }, { serviceAccountName: 'x', serviceAccount: 'x' }),
    ],
    [
      'a policy for the tag latest',
      inContainer({ image: 'nginx' }, { image: 'nginx', imagePullPolicy: 'Always' }),
    ],
    ['a policy that is written', inContainer({ imagePullPolicy: 'Never' })],
    [
      'requests from limits, in canonical form',
      inContainer(
        { resources: { limits: { cpu: 0.5, memory: '1024Mi' }, requests: { cpu: '0.1' } } },
        { resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } } },
      ),
    ],
    [
      'ports',
      inContainer({ ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, protocol: 'TCP' }] }),
    ],
    [
      "ports of the machine's network",
      [
        { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80 }] }] },
        {
          ...shown,
          hostNetwork: true,
          containers: [{ ...shownContainer, ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }],
        },
      ],
    ],
    [
      'a probe, whose zeros are no values',
      inContainer(
        { livenessProbe: { httpGet: { port: 80 }, periodSeconds: 0, failureThreshold: 1 } },
        {
          livenessProbe: { ...probe, httpGet: { port: 80, path: '/', scheme: 'HTTP' }, failureThreshold: 1 },
        },
      ),
    ],
    [
      'a gRPC probe',
      inContainer(
        { startupProbe: { grpc: { port: 1 } } },
        { startupProbe: { ...probe, grpc: { port: 1, service: '' } } },
      ),
    ],
    [
      'hooks',
      inContainer(
        {
          lifecycle: {
            preStop: { httpGet: { port: 80, path: '/bye' } },
            postStart: { exec: { command: ['a'] } },
          },
        },
        {
          lifecycle: {
            preStop: { httpGet: { port: 80, path: '/bye', scheme: 'HTTP' } },
            postStart: { exec: { command: ['a'] } },
          },
        },
      ),
    ],
    [
      'a variable from a field',
      env({ fieldRef: { fieldPath: 'a' } }, { fieldRef: { apiVersion: 'v1', fieldPath: 'a' } }),
    ],
    [
      'from a resource',
      env({ resourceFieldRef: { resource: 'a' } }, { resourceFieldRef: { resource: 'a', divisor: '0' } }),
    ],
    [
      'from a resource by a number',
      env(
        { resourceFieldRef: { resource: 'a', divisor: 1 } },
        { resourceFieldRef: { resource: 'a', divisor: '1' } },
      ),
    ],
    [
      'from a file',
      env(
        { fileKeyRef: { volumeName: 'a', path: 'b', key: 'c' } },
        { fileKeyRef: { volumeName: 'a', path: 'b', key: 'c', optional: false } },
      ),
    ],
    ['a volume of no kind', volume({}, { emptyDir: {} })],
    ['an emptyDir', volume({ emptyDir: { sizeLimit: '1024Ki' } }, { emptyDir: { sizeLimit: '1Mi' } })],
    ['a hostPath', volume({ hostPath: { path: '/x' } }, { hostPath: { path: '/x', type: '' } })],
    ['a secret', volume({ secret: { secretName: 's' } }, { secret: { secretName: 's', defaultMode: 420 } })],
    [
      'a configMap',
      volume({ configMap: { name: 's', defaultMode: 0 } }, { configMap: { name: 's', defaultMode: 0 } }),
    ],
    [
      'a projection',
      volume(
        {
          projected: { sources: [{ downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'a' } }] } }] },
        },
        {
          projected: {
            defaultMode: 420,
            sources: [
              { downwardAPI: { items: [{ path: 'p', fieldRef: { apiVersion: 'v1', fieldPath: 'a' } }] } },
            ],
          },
        },
      ),
    ],
    [
      'an image',
      volume({ image: { reference: 'a:1' } }, { image: { reference: 'a:1', pullPolicy: 'IfNotPresent' } }),
    ],
    [
      'a claim of its own',
      volume(
        { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } },
        {
          ephemeral: {
            volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' } },
          },
        },
      ),
    ],
    [
      'init and ephemeral containers',
      inSpec(
        { initContainers: [container], ephemeralContainers: [container] },
        { initContainers: [shownContainer], ephemeralContainers: [shownContainer] },
      ),
    ],
    ['what is not as it should be', inSpec({ volumes: 'none', initContainers: [1, null] })],
  ])('%s', (_case, [written, expected]) => {
    expect(defaultedSpec(written)).toEqual(expected);
    expect(defaultedSpec(expected)).toEqual(expected);
  });
});
