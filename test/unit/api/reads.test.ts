import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { ObjectWorld, shownPod } from './object-world.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const OLD_TABLE = 'application/json;as=Table;v=v1beta1;g=meta.k8s.io';
const PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function world(): ObjectWorld {
  const it = new ObjectWorld();
  it.put('pods', shownPod('web', {}, { labels: { app: 'web', tier: 'front' } }));
  it.put('pods', shownPod('db', { status: { phase: 'Pending' } }, { labels: { app: 'db' } }));
  it.put('pods', shownPod('web', {}, { namespace: 'other' }));
  it.put('nodes', { kind: 'Node', apiVersion: 'v1', metadata: { name: 'here' } });
  return it;
}

const shapeOf = ({ kind, apiVersion, columnDefinitions, rows, items }: JsonObject): unknown => ({
  kind,
  apiVersion,
  columns: Array.isArray(columnDefinitions) ? columnDefinitions.length : undefined,
  rows: Array.isArray(rows) ? rows.map((row) => (row as JsonObject).object) : undefined,
  items: Array.isArray(items) ? items.map((item) => (item as JsonObject).kind) : undefined,
});

describe('the form of an answer', () => {
  const partial = (version = 'v1') => ({
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: expect.objectContaining({ name: 'here', resourceVersion: expect.any(String) }),
  });
  const list = { kind: 'NodeList', apiVersion: 'v1', items: ['Node'] };
  const table = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', columns: 10, rows: [partial()] };

  test.each<[string, string, string, object]>([
    ['nothing is asked', '', '', list],
    ['anything', '', '*/*', list],
    ['JSON', '', 'application/json', list],
    ['protobuf alone', '', PROTOBUF, list],
    ['protobuf or JSON', '', `${PROTOBUF},application/json`, list],
    ['what kubectl asks', '', `${TABLE},${OLD_TABLE},application/json`, table],
    ['a table of protobuf', '', `${PROTOBUF};as=Table;v=v1;g=meta.k8s.io`, table],
    [
      'the older table',
      '',
      OLD_TABLE,
      { ...table, apiVersion: 'meta.k8s.io/v1beta1', rows: [partial('v1beta1')] },
    ],
    [
      'rows with objects',
      '?includeObject=Object',
      TABLE,
      { ...table, rows: [expect.objectContaining({ kind: 'Node' })] },
    ],
    ['rows without', '?includeObject=None', TABLE, { ...table, rows: [undefined] }],
    [
      'metadata alone',
      '',
      PARTIAL_LIST,
      { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', items: ['PartialObjectMetadata'] },
    ],
    ['a version that is not known, or JSON', '', `${TABLE.replace('v1', 'v9')},application/json`, list],
    ['another encoding, or JSON', '', 'application/cbor,application/json', list],
    ['JSON that is wanted less than text', '', 'text/html;q=0.9,application/json;q=0.1', list],
    ['a table that is wanted more', '', `application/json;q=0.5,${TABLE}`, table],
  ])('%s', async (_what, query, accept, shape) => {
    const { status, body } = await world().ask('GET', `/api/v1/nodes${query}`, undefined, { accept });
    expect([status, shapeOf(body)]).toEqual([
      200,
      { columns: undefined, rows: undefined, items: undefined, ...shape },
    ]);
  });

  test.each(['text/html', TABLE.replace('v1', 'v9'), 'application/json;q=0'])(
    '%s is not to be had',
    async (accept) => {
      const { status, body } = await world().ask('GET', '/api/v1/nodes', undefined, { accept });
      expect([status, body.reason]).toEqual([406, 'NotAcceptable']);
    },
  );

  test.each<[string, string, unknown]>([
    ['the object', '', 'Node'],
    ['its metadata', PARTIAL, 'PartialObjectMetadata'],
    ['a table of one', TABLE, 'Table'],
  ])('of one object: %s', async (_what, accept, kind) => {
    const { body } = await world().ask('GET', '/api/v1/nodes/here', undefined, { accept });
    expect(body.kind).toBe(kind);
    expect(JSON.stringify(body.metadata)).toMatch(/"resourceVersion":"\d+"/);
  });

  test('a word that is none', async () => {
    const { body } = await world().ask('GET', '/api/v1/nodes?includeObject=Some', undefined, {
      accept: TABLE,
    });
    expect(body.message).toBe('unrecognized includeObject value: "Some"');
  });
});

describe('which objects are listed', () => {
  const names = async (path: string): Promise<unknown> => {
    const { body } = await world().ask('GET', path);
    if (!Array.isArray(body.items)) return body.message;
    return body.items.map(
      ({ metadata }: { metadata: JsonObject }) => `${metadata.namespace}/${metadata.name}`,
    );
  };

  test.each<[string, unknown]>([
    ['pods', ['default/db', 'default/web', 'other/web']],
    ['pods?limit=1', ['default/db']],
    ['pods?limit=3', ['default/db', 'default/web', 'other/web']],
    ['pods?limit=1&resourceVersion=0', ['default/db', 'default/web', 'other/web']],
    ['pods?limit=-1', ['default/db', 'default/web', 'other/web']],
    ['pods?limit=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['namespaces/default/pods', ['default/db', 'default/web']],
    ['namespaces/none/pods', []],
    ['pods?labelSelector=app%3Dweb', ['default/web']],
    ['pods?labelSelector=app', ['default/db', 'default/web']],
    ['pods?labelSelector=app+in+(web,db),!tier', ['default/db']],
    ['pods?fieldSelector=metadata.name%3Dweb', ['default/web', 'other/web']],
    ['pods?fieldSelector=metadata.namespace!%3Ddefault', ['other/web']],
    ['pods?fieldSelector=spec.nodeName%3Dhere,status.phase!%3DRunning', ['default/db']],
    ['pods?fieldSelector=status.podIP%3D10.4.0.7&labelSelector=tier', ['default/web']],
    ['pods?fieldSelector=spec.hostNetwork%3Dtrue', []],
    ['pods?fieldSelector=spec.color%3Dred', 'field label not supported: spec.color'],
    ['pods?fieldSelector=constructor%3Dred', 'field label not supported: constructor'],
    [
      'configmaps?fieldSelector=type%3Dx',
      '"type" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    ['pods?continue=abc', 'continue key is not valid: it is none that this server gave'],
    [
      'pods?resourceVersion=x',
      'ListOptions.meta.k8s.io "" is invalid: resourceVersion: Invalid value: "x": must be a whole number',
    ],
    [
      'pods?resourceVersionMatch=Exact',
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'pods?sendInitialEvents=true',
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
    [
      'pods?resourceVersion=1&resourceVersionMatch=Exact',
      'The resourceVersion for the provided list is too old.',
    ],
    ['pods?resourceVersion=0', ['default/db', 'default/web', 'other/web']],
    ['pods?resourceVersion=5&resourceVersionMatch=NotOlderThan', ['default/db', 'default/web', 'other/web']],
  ])('%s', async (path, expected) => {
    expect(await names(`/api/v1/${path}`)).toEqual(expected);
  });

  test('a version of a time to come: the client is to begin anew', async () => {
    const { status, body } = await world().ask('GET', '/api/v1/pods?resourceVersion=999999999999999');
    expect([status, body.reason]).toEqual([504, 'Timeout']);
    expect(JSON.stringify(body.details)).toContain('ResourceVersionTooLarge');
  });

  test('a list and its items tell their versions', async () => {
    const { body } = await world().ask('GET', '/api/v1/namespaces/default/pods');
    const { items, metadata } = body as { items: JsonObject[]; metadata: JsonObject };
    const versions = items.map((item) => Number((item.metadata as JsonObject).resourceVersion));
    expect(versions.every((version) => version <= Number(metadata.resourceVersion))).toBe(true);
  });
});

describe('what is not there', () => {
  test.each<[string, string, number, string]>([
    ['GET', '/api/v1/namespaces/default/pods/none', 404, 'pods "none" not found'],
    ['GET', '/apis/node.k8s.io/v1/runtimeclasses/none', 404, 'runtimeclasses.node.k8s.io "none" not found'],
    ['GET', '/api/v1/minions/here', 200, ''],
    ['GET', '/api/v1/nodes/here/status', 200, ''],
    ['GET', '/api/v1/namespaces/default/pods/web/status', 200, ''],
    ['GET', '/api/v1/services', 404, 'the server could not find the requested resource'],
    ['POST', '/api/v1/pods', 405, 'the server does not allow this method on the requested resource'],
    [
      'POST',
      '/api/v1/namespaces/default/events',
      405,
      'the server does not allow this method on the requested resource',
    ],
    ['DELETE', '/api/v1/nodes/here', 405, 'the server does not allow this method on the requested resource'],
    ['DELETE', '/api/v1/namespaces', 405, 'the server does not allow this method on the requested resource'],
    [
      'PUT',
      '/api/v1/nodes/here/status',
      405,
      'the server does not allow this method on the requested resource',
    ],
  ])('%s %s', async (method, path, status, message) => {
    const answer = await world().ask(method, path);
    expect([answer.status, answer.body.message ?? '']).toEqual([status, message]);
  });

  test('its details say what was asked for', async () => {
    const { body } = await world().ask('GET', '/apis/node.k8s.io/v1/runtimeclasses/none');
    expect(body.details).toEqual({ name: 'none', group: 'node.k8s.io', kind: 'runtimeclasses' });
  });
});
