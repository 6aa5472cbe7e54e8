import { describe, expect, test } from 'vitest';
import { type ApiPorts, loadApiRoutes, nodeRoutes, type Route } from '../../../src/api/index.ts';
import { createRouteTable } from '../../../src/api/route-table.ts';
import { node } from '../cli/reports.ts';
import { ObjectWorld } from './object-world.ts';

const world = new ObjectWorld();
const unasked = (): never => {
  throw new Error('nobody asks for this here');
};

/** Ports of which only the shape counts. */
const ports: ApiPorts = {
  report: () => node(),
  why: () => [],
  events: () => [],
  objects: world.store,
  writer: world,
  streams: { exec: unasked, attach: unasked, portForward: unasked },
  logs: { read: unasked },
  usage: { pods: unasked, node: unasked },
  nodeName: 'box',
  version: '1.2.3',
  nowMs: () => 0,
  clock: world.clock,
  newUid: unasked,
  healthChecks: () => [],
  expose: unasked,
  summary: unasked,
  machineInfo: unasked,
  runningContainers: () => [],
  commands: { run: unasked },
  manifests: { objectsOf: unasked },
  versions: { mark: unasked, isFound: unasked, isInForce: unasked, createdAtMs: unasked },
  settings: () => ({}),
  logDirectory: '/var/log/pods',
  maxRuns: 1,
  attendRun: unasked,
};

test('every route of the node is found by its own path, and no two want the same request', async () => {
  const routes = [...nodeRoutes(ports), ...(await loadApiRoutes(ports))];
  const table = await createRouteTable(routes);
  const astray = routes.flatMap((route) =>
    route.methods
      .filter((method) => {
        const found = table(method, route.path.replaceAll(/:\w+/g, 'x'));
        return 'refusal' in found || found.route !== route;
      })
      .map((method) => `${method} ${route.path}`),
  );
  expect(astray).toEqual([]);
});

describe('a path', () => {
  const route = (path: string, ...methods: string[]): Route => ({
    path,
    methods,
    handle: () => ({ status: 200, headers: {}, body: '' }),
  });
  const routes = [
    route('/pods', 'GET'),
    route('/pods', 'POST', 'DELETE'),
    route('/pods/:name', 'GET'),
    route('/pods/:name/log', 'GET'),
    route('/pods/all/log', 'GET'),
    route('/api', 'GET'),
    route('/version', 'GET'),
    route('/apis/:group/nodes', 'GET', 'POST', 'DELETE'),
    route('/apis/:group/nodes/:name', 'GET', 'DELETE'),
  ];

  test.each<[request: string, expected: object | string]>([
    ['GET /pods', {}],
    ['DELETE /pods', {}],
    ['GET /pods/web', { name: 'web' }],
    ['GET /pods/web.1-x', { name: 'web.1-x' }],
    ['GET /pods/a%2Fb%3Fc', { name: 'a/b?c' }],
    ['GET /pods/%2e%2e', { name: '..' }],
    ['GET /pods/__proto__', { name: '__proto__' }],
    [`GET /pods/${'n'.repeat(1000)}`, { name: 'n'.repeat(1000) }],
    ['GET /pods/web/log', { name: 'web' }],
    ['GET /pods/all/log', {}],
    ['PUT /pods', '405 GET, POST, DELETE'],
    ['POST /pods/web', '405 GET'],
    ['GET /', '404'],
    ['GET /pods/', '404'],
    ['GET //pods', '404'],
    ['GET /Pods', '404'],
    ['GET /pods/web/', '404'],
    ['GET /pods/web/log/x', '404'],
    ['GET /pods/%zz', '404'],
    ['GET /pods/%', '404'],
    [`GET /pods/${'n'.repeat(5000)}`, '404'],
    ['GET /__proto__', '404'],
    ['GET /:name', '404'],
    ['GET *', '404'],
    ['GET /api/', {}],
    ['GET /version/', {}],
    ['GET /apis/g/nodes/', { group: 'g' }],
    ['POST /apis/g/nodes/', { group: 'g' }],
    ['GET /apis/g/nodes/n/', { group: 'g', name: 'n' }],
    ['DELETE /apis/g/nodes/n/', '404'],
    ['DELETE /apis/g/nodes/', '404'],
    ['GET /api//', '404'],
    ['GET /apis//nodes/', '404'],
    ['GET /versions/', '404'],
  ])('%s', async (request, expected) => {
    const [method = '', path = ''] = request.split(' ');
    const found = (await createRouteTable(routes))(method, path);
    if ('params' in found) return expect(found.params).toEqual(expected);
    const { status, headers } = found.refusal;
    return expect([status, headers.allow ?? []].flat().join(' ')).toBe(expected);
  });
});
