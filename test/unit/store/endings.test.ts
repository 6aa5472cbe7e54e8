import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import { type JsonObject, objectAt } from '../../../src/base/index.ts';
import type { NodeObjects } from '../../../src/store/index.ts';
import { ObjectWorld, object, pod } from './object-world.ts';

const web = { namespace: 'default', name: 'web' };
const prod = { namespace: '', name: 'prod' };
const inProd = { metadata: { namespace: 'prod' } };

async function failure(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiFailure)) throw new Error('no ApiFailure', { cause: error });
  return `${error.reason}: ${error.message}`;
}

async function world() {
  const node = await ObjectWorld.create();
  await mkdir(node.manifests);
  const stored = await node.open();
  await node.look();
  return { node, stored, ...stored };
}

/** What a client sends that changes labels of what it was shown. */
function labelled(shown: JsonObject | undefined): JsonObject {
  const { status: _, ...rest } = shown ?? {};
  return { ...rest, metadata: { ...objectAt(rest, 'metadata'), labels: { a: 'b' } } };
}

const conflictOf = (what: string): string =>
  `Conflict: Operation cannot be fulfilled on ${what}: it is being deleted; try again when it is gone`;

describe('a pod that is being deleted', () => {
  const deleted = async () => {
    const it = await world();
    await it.writer.save('pods', pod('web'));
    await it.node.look();
    it.node.run();
    await it.writer.delete('pods', web, {});
    return it;
  };

  test('is not brought back by a change', async () => {
    const { node, objects, writer } = await deleted();
    for (const looks of [0, 1]) {
      if (looks > 0) await node.look();
      const wanted = labelled(objects.get('pods', 'default', 'web'));
      expect(await failure(writer.check('pods', wanted))).toBe(conflictOf('pods "web"'));
      expect(await failure(writer.save('pods', wanted))).toBe(conflictOf('pods "web"'));
    }
    expect(await readdir(node.objectsDir)).toEqual([]);
    node.records.clear();
    await node.look();
    expect(objects.get('pods', 'default', 'web')).toBeUndefined();
    await writer.save('pods', pod('web'));
    expect(await readdir(node.objectsDir)).toEqual(['pod.default.web.json']);
  });

  test('is not brought back by a change that was judged before', async () => {
    const { node, objects, writer } = await world();
    await writer.save('pods', pod('web'));
    await node.look();
    node.run();
    const wanted = labelled(objects.get('pods', 'default', 'web'));
    await writer.check('pods', wanted);
    await writer.delete('pods', web, {});
    expect(await failure(writer.save('pods', wanted))).toBe(conflictOf('pods "web"'));
    expect(await readdir(node.objectsDir)).toEqual([]);
  });

  test('still takes conditions', async () => {
    const { node, writer } = await deleted();
    const gate = { type: 'example.com/gate', status: 'True' };
    expect(await writer.setConditions(web, [gate])).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T12:00:30Z' },
    });
    expect(node.conditions).toEqual([gate]);
  });
});

describe('a namespace that is being deleted', () => {
  const uidIn = (shown: JsonObject | undefined) => objectAt(shown ?? {}, 'metadata').uid;
  const filled = async () => {
    const it = await world();
    await it.writer.save('namespaces', object('Namespace', 'prod'));
    for (const name of ['a', 'b', 'c']) await it.writer.save('pods', pod(name, { namespace: 'prod' }));
    await it.node.look();
    it.node.run();
    return it;
  };
  const shown = ({ objects }: Pick<NodeObjects, 'objects'>) => objects.get('namespaces', '', 'prod');

  test('stays so however often it is read meanwhile', async () => {
    const { stored, writer } = await filled();
    const uid = uidIn(shown(stored));
    const seen = new Set<unknown>();
    let isDone = false;
    const deletion = writer.delete('namespaces', prod, {}).finally(() => {
      isDone = true;
    });
    const end = { metadata: { uid }, status: { phase: 'Terminating' } };
    while (!isDone) {
      await new Promise(setImmediate);
      seen.add(objectAt(shown(stored) ?? {}, 'status').phase);
    }
    expect(await deletion).toMatchObject(end);
    expect(shown(stored)).toMatchObject(end);
    // Before the writer's turn came it was as it was.
    seen.delete('Active');
    expect([...seen]).toEqual(['Terminating']);
    expect(await failure(writer.save('pods', pod('new', { namespace: 'prod' })))).toBe(
      'Forbidden: pods "new" is forbidden: unable to create new content in namespace prod because it is being terminated',
    );
  });

  test('is not revived by a change', async () => {
    const { node, stored, writer } = await filled();
    await writer.delete('namespaces', prod, {});
    const wanted = labelled(shown(stored));
    expect(await failure(writer.check('namespaces', wanted))).toBe(conflictOf('namespaces "prod"'));
    expect(await failure(writer.save('namespaces', wanted))).toBe(conflictOf('namespaces "prod"'));
    expect(await readdir(node.objectsDir)).toEqual([]);
    expect(shown(stored)).toMatchObject({ status: { phase: 'Terminating' } });
  });

  test('and is gone can be made from what comes first, unread', async () => {
    const { node, writer } = await filled();
    await writer.delete('namespaces', prod, {});
    node.records.clear();
    await node.look();
    await writer.save('configmaps', object('ConfigMap', 'new', inProd));
    expect(await readdir(node.objectsDir)).toEqual(['configmap.prod.new.json']);
  });

  test('and made again by hand is another one', async () => {
    const { node, stored, writer } = await filled();
    await writer.delete('namespaces', prod, {});
    await writeFile(
      join(node.manifests, 'prod.yaml'),
      '{apiVersion: v1, kind: Namespace, metadata: {name: prod}}',
    );
    await node.look();
    expect(shown(stored)).toMatchObject({ status: { phase: 'Active' } });
  });
});

test('an object of another kind than its resource has is refused', async () => {
  const { node, writer } = await world();
  for (const attempt of [
    writer.save('configmaps', object('Secret', 'c')),
    writer.save('configmaps', { ...pod('c'), kind: 'Pod' }),
  ])
    expect(await failure(attempt)).toMatch(/^BadRequest: (Secret|Pod) cannot be handled as a ConfigMap$/);
  expect(await readdir(node.objectsDir)).toEqual([]);
});
