import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { UNSTORED_RESOURCES } from '../../../src/api/discovery/listed-resource.ts';
import { ALL_RESOURCES } from '../../../src/api/resources/all-resources.ts';
import { openApiRoutes } from '../../../src/api/routes/openapi-route.ts';
import { isJsonObject, objectAt, textAt } from '../../../src/base/index.ts';
import { askRoute, jsonOf } from './ask-route.ts';

const resources = [...ALL_RESOURCES, ...UNSTORED_RESOURCES];
const routes = openApiRoutes({
  resources,
  gitVersion: 'v1.2.3',
  nowMs: () => Date.parse('2026-01-02T03:04:05Z'),
});

async function indexed(path: string): Promise<string> {
  const index = jsonOf(await askRoute(routes, '/openapi/v3'));
  if (!isJsonObject(index)) throw new Error('no index');
  return textAt(objectAt(objectAt(index, 'paths'), path), 'serverRelativeURL');
}

test('the index has a document for each group and version, named by its content', async () => {
  const index = jsonOf(await askRoute(routes, '/openapi/v3'));
  const paths = ['api/v1', ...['node.k8s.io/v1', 'authentication.k8s.io/v1', 'authorization.k8s.io/v1']]
    .concat('metrics.k8s.io/v1beta1', 'coordination.k8s.io/v1')
    .map((path) => (path === 'api/v1' ? path : `apis/${path}`));
  expect(index).toEqual({
    paths: Object.fromEntries(
      paths.map((path) => [
        path,
        {
          serverRelativeURL: expect.stringMatching(new RegExp(`^/openapi/v3/${path}\\?hash=[0-9A-F]{128}$`)),
        },
      ]),
    ),
  });
});

test('a document that is asked for by its hash may be kept for a year', async () => {
  const url = await indexed('api/v1');
  const answer = await askRoute(routes, url);
  expect(answer.status).toBe(200);
  expect(answer.headers).toEqual({
    'content-type': 'application/json',
    etag: `"${url.replace(/.*hash=/, '')}"`,
    vary: 'Accept, Accept-Encoding',
    'cache-control': 'public, immutable',
    expires: 'Sat, 02 Jan 2027 03:04:05 GMT',
  });
  expect(jsonOf(answer)).toMatchObject({ openapi: '3.0.0', info: { version: 'v1.2.3' } });
});

test.each(['/openapi/v3/api/v1', '/openapi/v3/api/v1?hash=0'])('%s may not', async (url) => {
  const { status, headers } = await askRoute(routes, url);
  expect([status, headers['cache-control'], headers.expires]).toEqual([200, undefined, undefined]);
});

test('who takes gzip gets it, and it is small', async () => {
  const plain = await askRoute(routes, '/openapi/v3/api/v1');
  const packed = await askRoute(routes, '/openapi/v3/api/v1', { headers: { 'accept-encoding': 'gzip, br' } });
  expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([
    undefined,
    'gzip',
  ]);
  if (!(packed.body instanceof Uint8Array)) throw new Error('no bytes');
  expect(JSON.parse(gunzipSync(packed.body).toString())).toEqual(jsonOf(plain));
  expect(packed.body.length).toBeLessThan(16_000);
});

test('who has it already is told so', async () => {
  const { headers } = await askRoute(routes, '/openapi/v3/api/v1');
  const again = await askRoute(routes, '/openapi/v3/api/v1', {
    headers: { 'if-none-match': String(headers.etag) },
  });
  expect([again.status, again.body]).toEqual([304, '']);
});

test('OpenAPI v2 is an empty document in protobuf', async () => {
  const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
  expect(await askRoute(routes, '/openapi/v2', { headers: { accept } })).toEqual({
    status: 200,
    headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
    body: new Uint8Array(),
  });
  expect(jsonOf(await askRoute(routes, '/openapi/v2'))).toMatchObject({ swagger: '2.0', paths: {} });
});
