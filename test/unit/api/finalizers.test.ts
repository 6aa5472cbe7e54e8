import { expect, test } from 'vitest';
import { objectAt } from '../../../src/base/index.ts';
import { ObjectWorld } from './object-world.ts';

const CONFIGS = '/api/v1/namespaces/default/configmaps';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const TOLD = ['299 - "metadata.finalizers: an object goes as soon as it is deleted: nobody is waited for"'];

const config = (...finalizers: string[]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', finalizers },
});

test('who makes an object with finalizers is told that they hold nothing back', async () => {
  const it = new ObjectWorld();
  const { status, headers, body } = await it.ask('POST', CONFIGS, config('a.io/b'));
  expect([status, headers.warning, objectAt(body, 'metadata').finalizers]).toEqual([201, TOLD, ['a.io/b']]);
  const { body: gone } = await it.ask('DELETE', `${CONFIGS}/c`);
  expect([gone.status, it.held.has('configmaps/default/c')]).toEqual(['Success', false]);
});

test('who applies one is told, and so is who adds one; who leaves it is not told again', async () => {
  const it = new ObjectWorld();
  const path = `${CONFIGS}/c?fieldManager=me`;
  expect((await it.ask('PATCH', path, config('a.io/b'), APPLY)).headers.warning).toEqual(TOLD);
  const patch = (...finalizers: string[]) =>
    it.ask('PATCH', `${CONFIGS}/c`, { data: { a: `${finalizers.length}` }, metadata: { finalizers } }, MERGE);
  expect((await patch('a.io/b')).headers.warning).toBeUndefined();
  expect((await patch('a.io/b', 'a.io/c')).headers.warning).toEqual(TOLD);
  expect((await patch('a.io/c')).headers.warning).toBeUndefined();
});

test('without any there is nothing to tell', async () => {
  const { headers } = await new ObjectWorld().ask('POST', CONFIGS, config());
  expect(headers.warning).toBeUndefined();
});
