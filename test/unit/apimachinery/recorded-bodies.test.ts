import { expect, test } from 'vitest';
import { loadTypes, readBody, strictErrors, typeMismatch } from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import recorded from '../../fixtures/bodies/kubectl-1.36.4.json' with { type: 'json' };

const types = await loadTypes();

const EXPECTED: Readonly<Record<string, JsonObject>> = {
  '/api/v1/namespaces/default/configmaps': {
    ...{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c' } },
    ...{ data: { a: 'b', empty: '' }, binaryData: { bin: '/wB4' } },
  },
  '/api/v1/namespaces/default/secrets': {
    ...{ kind: 'Secret', apiVersion: 'v1', metadata: { name: 's' }, data: { bin: '/wB4', k: 'dg==' } },
  },
  '/api/v1/namespaces': { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'n' } },
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': {
    ...{ kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' },
  },
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': {
    ...{ kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' },
    spec: { resourceAttributes: { namespace: 'x', verb: 'create', resource: 'pods', name: 'exec' } },
  },
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
    ...{ kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1' },
    spec: { namespace: 'default' },
  },
  '/api/v1/namespaces/default/pods': {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'q2', namespace: 'default' },
    spec: {
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'c', configMap: { name: 'c', defaultMode: 420, optional: true } },
      ],
      containers: [
        {
          name: 'a',
          image: 'old',
          ports: [{ containerPort: 80 }],
          env: [{ name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
          resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '0' } },
          securityContext: { privileged: false, runAsUser: 0 },
        },
        { name: 'z', image: 'z', stdin: true },
        {
          name: 'dbg',
          image: 'busybox',
          securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
          stdin: true,
          terminationMessagePolicy: 'File',
        },
      ],
      terminationGracePeriodSeconds: 0,
      securityContext: { supplementalGroups: [0, 7] },
      shareProcessNamespace: true,
    },
  },
};

test.each(recorded)('$command', ({ path, contentType, base64 }) => {
  const { object, duplicates } = readBody(Buffer.from(base64, 'base64'), contentType, types);
  const type = types.typeOf(String(object.apiVersion), String(object.kind));
  if (type === undefined) throw new Error('no such kind');
  expect(duplicates).toEqual([]);
  expect(strictErrors(object, type, types)).toEqual([]);
  expect(typeMismatch(object, type, types)).toBe(undefined);
  expect(object).toEqual(EXPECTED[path.replace(/\?.*/, '')]);
});
