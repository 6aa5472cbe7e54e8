import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { ObjectWorld, shownPod } from './object-world.ts';

const PODS = '/api/v1/namespaces/default/pods';
const WEB = { namespace: 'default', name: 'web' };

function world(): ObjectWorld {
  const it = new ObjectWorld();
  it.put('pods', shownPod('web', {}, { labels: { app: 'web' } }));
  it.put('pods', shownPod('db'));
  it.put('pods', shownPod('far', {}, { namespace: 'other' }));
  it.put('configmaps', { kind: 'ConfigMap', apiVersion: 'v1', metadata: { ...WEB, uid: 'u' } });
  it.put('runtimeclasses', {
    kind: 'RuntimeClass',
    apiVersion: 'node.k8s.io/v1',
    metadata: { name: 'web', uid: 'u' },
  });
  return it;
}

describe('a deletion', () => {
  test.each<[string, string, unknown, object]>([
    ['without a word', '', undefined, {}],
    ['as kubectl has it', '', { propagationPolicy: 'Background' }, {}],
    ['at once', '', { propagationPolicy: 'Background', gracePeriodSeconds: 0 }, { gracePeriodSeconds: 0 }],
    [
      'with a grace period',
      '',
      { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 5 },
      { gracePeriodSeconds: 5 },
    ],
    [
      'the same by its query',
      '?gracePeriodSeconds=5&propagationPolicy=Foreground',
      undefined,
      { gracePeriodSeconds: 5 },
    ],
    ['with a grace period below zero', '', { gracePeriodSeconds: -1 }, { gracePeriodSeconds: 1 }],
    ['of that very object', '', { preconditions: { uid: 'uid-of-web' } }, { uid: 'uid-of-web' }],
  ])('%s', async (_what, query, options, deletion) => {
    const it = world();
    const { status, body } = await it.ask('DELETE', `${PODS}/web${query}`, options);
    expect([status, body.kind, it.calls]).toEqual([200, 'Pod', [['delete', 'pods', WEB, deletion]]]);
  });

  test.each<[string, JsonObject]>([
    ['/api/v1/namespaces/default/configmaps/web', { name: 'web', kind: 'configmaps', uid: 'u' }],
    [
      '/apis/node.k8s.io/v1/runtimeclasses/web',
      { name: 'web', group: 'node.k8s.io', kind: 'runtimeclasses', uid: 'u' },
    ],
  ])('of what is gone at once, %s, tells that it is', async (path, details) => {
    const { status, body } = await world().ask('DELETE', path, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    expect([status, body]).toEqual([
      200,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    ]);
  });

  test.each<[string, string, unknown, number, string]>([
    ['of what is not there', 'none', {}, 404, 'pods "none" not found'],
    [
      'of one that was made anew',
      'web',
      { preconditions: { uid: 'old' } },
      409,
      'the UID in the precondition (old) does not match the UID in record (uid-of-web)',
    ],
    [
      'of one that was changed',
      'web',
      { preconditions: { resourceVersion: '5' } },
      409,
      'the ResourceVersion in the precondition (5) does not match the ResourceVersion in record',
    ],
    [
      'with other words',
      'web',
      { kind: 'Pod', apiVersion: 'v1' },
      400,
      'expected DeleteOptions, got Pod in version "v1"',
    ],
    [
      'with half a second',
      'web',
      { gracePeriodSeconds: 0.5 },
      400,
      'gracePeriodSeconds must be a whole number',
    ],
    [
      'with a query that is none',
      'web?gracePeriodSeconds=soon',
      undefined,
      400,
      'strconv.ParseInt: parsing "soon": invalid syntax',
    ],
    ['with a dry run that is none', 'web', { dryRun: ['Some'] }, 422, 'dryRun: Unsupported value: "Some"'],
    ['of what a file defines', 'db', {}, 403, 'it is defined by /etc/db.yaml'],
    [
      'of what a file defines, on trial',
      'db',
      { dryRun: ['All'] },
      403,
      'pods "db" is forbidden: it is defined by /etc/db.yaml; edit or delete that file',
    ],
  ])('%s', async (_what, name, options, status, message) => {
    const it = world();
    it.files.set('pods/default/db', '/etc/db.yaml');
    const answer = await it.ask('DELETE', `${PODS}/${name}`, options);
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
    expect(it.held.size).toBe(world().held.size);
  });

  test.each<[string, unknown]>([
    ['?dryRun=All', undefined],
    ['', { dryRun: ['All'] }],
  ])('on trial (%s) nothing goes', async (query, options) => {
    const it = world();
    const { status, body } = await it.ask('DELETE', `${PODS}/web${query}`, options);
    expect([status, body.kind, it.calls]).toEqual([200, 'Pod', []]);
  });
});

describe('a deletion of many', () => {
  const left = (it: ObjectWorld): readonly string[] =>
    [...it.held.keys()].filter((key) => key.startsWith('pods/'));

  test.each<[string, readonly string[]]>([
    ['', ['pods/other/far']],
    ['?labelSelector=app%3Dweb', ['pods/default/db', 'pods/other/far']],
    ['?fieldSelector=metadata.name%3Ddb', ['pods/default/web', 'pods/other/far']],
    ['?labelSelector=none', ['pods/default/web', 'pods/default/db', 'pods/other/far']],
    ['?dryRun=All', ['pods/default/web', 'pods/default/db', 'pods/other/far']],
  ])('%s', async (query, expected) => {
    const it = world();
    const { status, body } = await it.ask('DELETE', PODS + query);
    expect([status, body.kind, left(it)]).toEqual([200, 'PodList', expected]);
  });

  test('what cannot go keeps none of the others, and is told', async () => {
    const it = world();
    it.files.set('pods/default/db', '/etc/db.yaml');
    const { status, body } = await it.ask('DELETE', PODS, { gracePeriodSeconds: 0 });
    expect([status, body.message, left(it)]).toEqual([
      403,
      'it is defined by /etc/db.yaml',
      ['pods/default/db', 'pods/other/far'],
    ]);
  });
});
