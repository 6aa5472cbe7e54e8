import { expect, test } from 'vitest';
import { type ListedResource, UNSTORED_RESOURCES } from '../../../src/api/discovery/listed-resource.ts';
import { ALL_RESOURCES } from '../../../src/api/resources/all-resources.ts';
import { discoveryRoutes } from '../../../src/api/routes/discovery-route.ts';
import { askRoute, jsonOf } from './ask-route.ts';

const pods: ListedResource = {
  ...{ group: '', version: 'v1', name: 'pods', singular: 'pod', kind: 'Pod', namespaced: true },
  ...{ shortNames: ['po'], categories: ['all'], verbs: ['get', 'list'] },
  subresources: [
    { name: 'log', verbs: ['get'] },
    {
      name: 'eviction',
      verbs: ['create'],
      kind: 'Eviction',
      groupVersion: { group: 'policy', version: 'v1' },
    },
  ],
};
const classes: ListedResource = {
  ...{ group: 'node.k8s.io', version: 'v1', name: 'runtimeclasses', singular: 'runtimeclass' },
  ...{
    kind: 'RuntimeClass',
    namespaced: false,
    shortNames: [],
    categories: [],
    verbs: ['get'],
    subresources: [],
  },
};
const routes = discoveryRoutes([pods, classes]);

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

const version = { groupVersion: 'node.k8s.io/v1', version: 'v1' };
const group = { name: 'node.k8s.io', versions: [version], preferredVersion: version };

test.each([
  [
    '/api',
    {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'localhost:10250' }],
    },
  ],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] }],
  ['/apis/node.k8s.io', { kind: 'APIGroup', apiVersion: 'v1', ...group }],
  [
    '/api/v1',
    {
      ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'v1' },
      resources: [
        {
          ...{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] },
          ...{ shortNames: ['po'], categories: ['all'] },
        },
        { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] },
        {
          ...{ name: 'pods/eviction', singularName: '', namespaced: true, group: 'policy', version: 'v1' },
          ...{ kind: 'Eviction', verbs: ['create'] },
        },
      ],
    },
  ],
  [
    '/apis/node.k8s.io/v1',
    {
      ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'node.k8s.io/v1' },
      resources: [
        {
          ...{ name: 'runtimeclasses', singularName: 'runtimeclass', namespaced: false },
          ...{ kind: 'RuntimeClass', verbs: ['get'] },
        },
      ],
    },
  ],
])('%s', async (path, document) => {
  expect(jsonOf(await askRoute(routes, path))).toEqual(document);
});

test.each([
  ['/api', AGGREGATED, 'v2'],
  ['/apis', AGGREGATED, 'v2'],
  ['/api', 'application/json;v=v2beta1;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList', 'v2beta1'],
  ['/api', 'application/json; as=APIGroupDiscoveryList; g=apidiscovery.k8s.io; v=v9, */*', undefined],
  [
    '/api',
    'application/json,application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    undefined,
  ],
  ['/api', 'application/vnd.kubernetes.protobuf', undefined],
  ['/apis', '', undefined],
])('%s for %s is aggregated as %s', async (path, accept, aggregated) => {
  const answer = await askRoute(routes, path, { headers: { accept } });
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`;
  expect(answer.headers['content-type']).toBe(aggregated === undefined ? 'application/json' : contentType);
  expect(jsonOf(answer)).toMatchObject(
    aggregated === undefined
      ? { kind: path === '/api' ? 'APIVersions' : 'APIGroupList' }
      : { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${aggregated}` },
  );
});

test('aggregated, a resource has all that the lists have', async () => {
  expect(jsonOf(await askRoute(routes, '/api', { headers: { accept: AGGREGATED } }))).toEqual({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [
              {
                ...{ resource: 'pods', responseKind: { group: '', version: 'v1', kind: 'Pod' } },
                ...{ scope: 'Namespaced', singularResource: 'pod', verbs: ['get', 'list'] },
                ...{ shortNames: ['po'], categories: ['all'] },
                subresources: [
                  {
                    ...{ subresource: 'log', responseKind: { group: '', version: 'v1', kind: 'Pod' } },
                    verbs: ['get'],
                  },
                  {
                    ...{ subresource: 'eviction', verbs: ['create'] },
                    responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
});

test('everything that is served is listed, under its group', async () => {
  const all = discoveryRoutes([...ALL_RESOURCES, ...UNSTORED_RESOURCES]);
  expect(all.map(({ path }) => path)).toEqual([
    ...['/api', '/apis', '/apis/node.k8s.io', '/apis/coordination.k8s.io', '/apis/authentication.k8s.io'],
    ...['/apis/authorization.k8s.io', '/apis/metrics.k8s.io', '/api/v1', '/apis/node.k8s.io/v1'],
    ...['/apis/coordination.k8s.io/v1', '/apis/authentication.k8s.io/v1'],
    ...['/apis/authorization.k8s.io/v1', '/apis/metrics.k8s.io/v1beta1'],
  ]);
  const nodes = { name: 'nodes', kind: 'Node', shortNames: expect.arrayContaining(['minions']) };
  expect(jsonOf(await askRoute(all, '/api/v1'))).toMatchObject({
    resources: expect.arrayContaining([expect.objectContaining(nodes)]),
  });
});
