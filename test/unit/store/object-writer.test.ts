import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import { type JsonObject, objectAt, textAt } from '../../../src/base/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import type { NodeObjects, ObjectChange } from '../../../src/store/index.ts';
import { ObjectWorld, object, pod } from './object-world.ts';

const web = { namespace: 'default', name: 'web' };

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

const names = ({ objects }: Pick<NodeObjects, 'objects'>, resource: string): unknown[] =>
  objects.list(resource).items.map(({ metadata }) => objectAt({ metadata }, 'metadata').name);

describe('what is written', () => {
  test('is one file that only its owner reads, shown at once and by the next daemon', async () => {
    const { node, objects, writer } = await world();
    const written = pod('web', { labels: { a: 'b' }, generation: 1 });
    const shown = await writer.save('pods', written);
    expect(shown).toMatchObject({
      metadata: { ...objectAt(written, 'metadata'), resourceVersion: expect.any(String) },
      spec: { nodeName: 'box', restartPolicy: 'Always', containers: [{ name: 'main', image: 'a:1' }] },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
    expect(objects.get('pods', 'default', 'web')).toEqual(shown);
    const file = join(node.objectsDir, 'pod.default.web.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(node.objectsDir)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(written);
    expect(node.hints).toBe(1);
    const next = await node.open();
    await node.look();
    expect(next.objects.get('pods', 'default', 'web')).toMatchObject({
      metadata: { uid: objectAt(written, 'metadata').uid, labels: { a: 'b' }, generation: 1 },
    });
  });

  test('is shown as one version, however often it is looked at while it comes into force', async () => {
    const { node, objects, writer } = await world();
    await writer.save('configmaps', object('ConfigMap', 'settings', { data: { a: '1' } }));
    const changes: ObjectChange[] = [];
    const { version } = objects.list('configmaps');
    objects.watch('configmaps', version, (change) => changes.push(change), new AbortController().signal);
    await node.look();
    objects.list('configmaps');
    await node.look();
    objects.list('configmaps');
    expect(changes).toEqual([]);
  });

  test('stays shown while a look that began before it ends after it', async () => {
    const { node, writer, stored } = await world();
    const look = node.look();
    await writer.save('configmaps', object('ConfigMap', 'settings', {}));
    await look;
    expect(names(stored, 'configmaps')).toEqual(['settings']);
    const again = node.look();
    await writer.delete('configmaps', { namespace: 'default', name: 'settings' }, {});
    await again;
    expect(names(stored, 'configmaps')).toEqual([]);
    await node.look();
    expect(names(stored, 'configmaps')).toEqual([]);
  });

  test('leaves out what the node says itself, and keeps what its author wrote', async () => {
    const { node, objects, writer } = await world();
    await writer.save('pods', pod('web', {}, { volumes: [{ name: 'v' }] }));
    await node.look();
    const { status: _, ...shown } = objects.get('pods', 'default', 'web') ?? {};
    const { resourceVersion: __, ...metadata } = objectAt(shown, 'metadata');
    await writer.save('pods', { ...shown, metadata: { ...metadata, labels: { x: 'y' } } });
    const file = join(node.objectsDir, 'pod.default.web.json');
    const { spec, metadata: kept } = JSON.parse(await readFile(file, 'utf8'));
    expect([spec, kept.labels]).toEqual([
      { containers: [{ name: 'main', image: 'a:1' }], volumes: [{ name: 'v' }] },
      { x: 'y' },
    ]);
  });

  test('of a Secret is its data, also what was given as texts', async () => {
    const { node, objects, writer } = await world();
    await writer.save('secrets', object('Secret', 'keys', { data: { a: 'MQ==' }, stringData: { b: '2' } }));
    const file = join(node.objectsDir, 'secret.default.keys.json');
    const { data, stringData } = JSON.parse(await readFile(file, 'utf8'));
    expect([data, stringData]).toEqual([{ a: 'MQ==', b: 'Mg==' }, undefined]);
    expect(objects.get('secrets', 'default', 'keys')).toMatchObject({ type: 'Opaque', data });
  });

  test('by hand is followed like any manifest', async () => {
    const { node, objects, writer } = await world();
    await writer.save('configmaps', object('ConfigMap', 'settings', { data: { a: '1' } }));
    const file = join(node.objectsDir, 'configmap.default.settings.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"1"', '"2"'));
    await node.look();
    expect(objects.get('configmaps', 'default', 'settings')?.data).toEqual({ a: '2' });
  });

  test('at the same time by two is one or the other', async () => {
    const { node, objects, writer } = await world();
    const all = Array.from({ length: 20 }, (_, value) =>
      writer.save('configmaps', object('ConfigMap', 'settings', { data: { value: String(value) } })),
    );
    await Promise.all(all);
    expect(await readdir(node.objectsDir)).toEqual(['configmap.default.settings.json']);
    expect(objects.get('configmaps', 'default', 'settings')?.data).toEqual({ value: '19' });
    await node.look();
    expect(objects.get('configmaps', 'default', 'settings')?.data).toEqual({ value: '19' });
  });

  test('has a file of its own, however long its name', async () => {
    const { node, writer, stored } = await world();
    const long = [`${'a'.repeat(253)}`, `${'a'.repeat(252)}b`];
    for (const name of long) await writer.save('configmaps', object('ConfigMap', name, {}));
    expect((await readdir(node.objectsDir)).map((name) => name.length <= 200)).toEqual([true, true]);
    await node.look();
    expect(names(stored, 'configmaps')).toEqual(long);
  });
});

describe('what is refused', () => {
  test.each<[string, string, JsonObject, string]>([
    [
      'a pod that cannot be run',
      'pods',
      pod('web', {}, { containers: [{ name: 'main' }] }),
      'Invalid: Pod "web" is invalid: spec.containers[0].image: Required value',
    ],
    [
      'all that is wrong with it',
      'pods',
      pod(
        'web',
        {},
        {
          containers: [
            { name: 'main', image: 'a' },
            { name: 'main', image: 'a' },
          ],
          restartPolicy: 'Once',
        },
      ),
      'Invalid: Pod "web" is invalid: [spec.containers[1].name: Duplicate value: "main", spec.restartPolicy: Unsupported value: "Once": supported values: "Always", "OnFailure", "Never"]',
    ],
    [
      'another group',
      'runtimeclasses',
      object('RuntimeClass', 'x'),
      'Invalid: RuntimeClass.node.k8s.io "x" is invalid: handler: Required value',
    ],
    [
      'a pod for another node',
      'pods',
      pod('web', {}, { nodeName: 'other' }),
      'Forbidden: pods "web" is forbidden: there is no node "other" here, only "box"',
    ],
    [
      'what is too large for a file of manifests',
      'configmaps',
      object('ConfigMap', 'x', { data: { a: 'x'.repeat(10_000) } }),
      'RequestEntityTooLarge: Request entity too large: limit is 10000',
    ],
  ])('%s', async (_case, resource, wanted, message) => {
    const { node, writer } = await world();
    expect(await failure(writer.check(resource, wanted))).toBe(message);
    expect(await failure(writer.save(resource, wanted))).toBe(message);
    expect([await readdir(node.objectsDir), node.hints]).toEqual([[], 0]);
  });

  test('what stands in a file of the user, naming it', async () => {
    const { node, objects, writer } = await world();
    const file = join(node.manifests, 'web.yaml');
    await writeFile(
      file,
      '{name: web, containers: [{name: main, image: "a:1"}]}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}',
    );
    await node.look();
    const why = (what: string): string =>
      `Forbidden: ${what} is forbidden: it is defined by ${file}; edit or delete that file`;
    expect(await failure(writer.delete('pods', web, {}))).toBe(why('pods "web"'));
    expect(await failure(writer.save('pods', pod('web')))).toBe(why('pods "web"'));
    const settings = { namespace: 'default', name: 'settings' };
    expect(await failure(writer.delete('configmaps', settings, {}))).toBe(why('configmaps "settings"'));
    expect([writer.fileOf('pods', web), writer.fileOf('pods', settings)]).toEqual([file, undefined]);
    expect(objects.get('pods', 'default', 'web')).toMatchObject({
      metadata: { annotations: { 'kubernetes.io/config.source': 'file' } },
    });
  });

  test('what stands in a file of the objects that is not its own', async () => {
    const { node, writer } = await world();
    const file = join(node.objectsDir, 'mine.yaml');
    await writeFile(file, '{name: web, containers: [{name: main, image: "a:1"}]}');
    await node.look();
    expect(await failure(writer.delete('pods', web, {}))).toBe(
      `Forbidden: pods "web" is forbidden: it is defined by ${file}; edit or delete that file`,
    );
  });

  test('what is not there', async () => {
    const { writer } = await world();
    expect(await failure(writer.delete('pods', web, {}))).toBe('NotFound: pods "web" not found');
  });

  test('a directory that cannot be written to', async () => {
    const { node, writer } = await world();
    // Root writes everywhere but over a directory.
    await mkdir(join(node.objectsDir, 'configmap.default.x.json'));
    expect(await failure(writer.save('configmaps', object('ConfigMap', 'x', {})))).toMatch(
      /^InternalError: Internal error occurred: cannot write ConfigMap\/default\/x: /,
    );
  });
});

describe('a pod that is deleted', () => {
  test('is shown with the time it has until it is gone, and may be given less', async () => {
    const { node, objects, writer, stored } = await world();
    await writer.save('pods', pod('web'));
    await node.look();
    node.run();
    expect(await writer.delete('pods', web, {})).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T12:00:30Z', deletionGracePeriodSeconds: 30 },
    });
    expect(await readdir(node.objectsDir)).toEqual([]);
    await node.look();
    expect(await writer.delete('pods', web, { gracePeriodSeconds: 1 })).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 1 },
    });
    node.records.clear();
    await node.look();
    expect([names(stored, 'pods'), objects.get('pods', 'default', 'web')]).toEqual([[], undefined]);
  });

  test('and was not on record yet is gone at once', async () => {
    const { node, writer, stored } = await world();
    await writer.save('pods', pod('web'));
    await node.look();
    await writer.delete('pods', web, {});
    expect(names(stored, 'pods')).toEqual([]);
  });

  test('is gone also where the daemon was killed before its file went', async () => {
    const { node, writer } = await world();
    await writer.save('pods', pod('web'));
    await writer.save('pods', pod('other'));
    await node.look();
    node.run();
    for (const record of node.records.values())
      if (record.name === 'web') node.records.set(record.uid, { ...record, deletionStartedAtMs: 1 });
    const next = await node.open();
    next.noteChange();
    await expect.poll(() => readdir(node.objectsDir)).toEqual(['pod.default.other.json']);
  });

  test('and came back under its name by hand is left alone', async () => {
    const { node, writer } = await world();
    await writer.save('pods', pod('web'));
    await node.look();
    node.run();
    await writer.delete('pods', web, {});
    await writeFile(
      join(node.objectsDir, 'pod.default.web.json'),
      JSON.stringify(pod('web', { uid: 'new' })),
    );
    const next = await node.open();
    next.noteChange();
    await new Promise(setImmediate);
    expect(await readdir(node.objectsDir)).toEqual(['pod.default.web.json']);
  });
});

describe('namespaces', () => {
  const inProd = { metadata: { namespace: 'prod' } };

  test('are the lasting ones, those that were made, and those that something is in', async () => {
    const { node, writer, stored } = await world();
    await writeFile(
      join(node.manifests, 'web.yaml'),
      '{name: web, namespace: shop, containers: [{name: main, image: "a:1"}]}',
    );
    await writer.save('namespaces', object('Namespace', 'prod'));
    await node.look();
    expect(names(stored, 'namespaces')).toEqual([
      'default',
      'kube-node-lease',
      'kube-system',
      'prod',
      'shop',
    ]);
  });

  test('go with all that is in them, pods in their own time', async () => {
    const { node, objects, writer, stored } = await world();
    await writer.save('namespaces', object('Namespace', 'prod'));
    await writer.save('configmaps', object('ConfigMap', 'settings', inProd));
    await writer.save('pods', pod('web', { namespace: 'prod' }));
    await node.look();
    node.run();
    const gone = await writer.delete('namespaces', { namespace: '', name: 'prod' }, {});
    expect(gone).toMatchObject({ status: { phase: 'Terminating' }, metadata: { name: 'prod' } });
    expect(await readdir(node.objectsDir)).toEqual([]);
    expect([names(stored, 'configmaps'), names(stored, 'pods')]).toEqual([[], ['web']]);
    expect(await failure(writer.save('configmaps', object('ConfigMap', 'new', inProd)))).toBe(
      'Forbidden: configmaps "new" is forbidden: unable to create new content in namespace prod because it is being terminated',
    );
    node.records.clear();
    await node.look();
    expect(objects.get('namespaces', '', 'prod')).toBeUndefined();
    await writer.save('namespaces', object('Namespace', 'prod'));
    await writer.save('configmaps', object('ConfigMap', 'new', inProd));
    expect(names(stored, 'configmaps')).toEqual(['new']);
  });

  test('stay where a file of the user has something in them', async () => {
    const { node, writer } = await world();
    const file = join(node.manifests, 'web.yaml');
    await writeFile(file, '{name: web, namespace: prod, containers: [{name: main, image: "a:1"}]}');
    await writer.save('configmaps', object('ConfigMap', 'settings', inProd));
    await node.look();
    expect(await failure(writer.delete('namespaces', { namespace: '', name: 'prod' }, {}))).toBe(
      `Forbidden: namespaces "prod" is forbidden: pods "web" in it is defined by ${file}; edit or delete that file`,
    );
    expect(await readdir(node.objectsDir)).toEqual(['configmap.prod.settings.json']);
  });

  test('that everything rests on cannot be deleted', async () => {
    const { writer } = await world();
    expect(await failure(writer.delete('namespaces', { namespace: '', name: 'default' }, {}))).toBe(
      'Forbidden: namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
});

describe('the node', () => {
  const edited = (node: JsonObject, metadata: JsonObject, spec: JsonObject): JsonObject => {
    const { status: _, ...rest } = node;
    return { ...rest, metadata: { ...objectAt(node, 'metadata'), ...metadata }, spec };
  };

  test('keeps labels and whether it takes pods, also over a restart', async () => {
    const { node, objects, writer } = await world();
    const before = objects.get('nodes', '', 'box') ?? {};
    const labels = { ...objectAt(objectAt(before, 'metadata'), 'labels'), disk: 'fast' };
    await writer.save('nodes', edited(before, { labels }, { unschedulable: true }));
    for (const { objects: shown } of [{ objects }, await node.open()])
      expect(shown.get('nodes', '', 'box')).toMatchObject({
        metadata: { name: 'box', labels },
        spec: { unschedulable: true },
      });
    expect(await failure(writer.save('pods', pod('web')))).toBe(
      'Forbidden: pods "web" is forbidden: node "box" is unschedulable and there is no other: kubectl uncordon box',
    );
    await writer.save('pods', pod('here', {}, { nodeName: 'box' }));
    expect(JSON.parse(await readFile(join(node.rootDir, 'node.json'), 'utf8'))).toEqual({
      metadata: { labels: { disk: 'fast' } },
      spec: { unschedulable: true },
    });
  });

  test('is not ready while its runtime does not answer', async () => {
    const { node, objects } = await world();
    const ready = () => {
      const { status } = objects.get('nodes', '', 'box') ?? {};
      const conditions = objectAt({ status }, 'status').conditions;
      return Array.isArray(conditions) ? conditions.at(-1) : undefined;
    };
    expect(ready()).toMatchObject({ type: 'Ready', status: 'True', reason: 'KubeletReady' });
    await node.clock.advance(5_000);
    node.problem = 'no socket';
    node.turnedAtMs = node.clock.nowMs();
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'container runtime is down: no socket',
      lastTransitionTime: '2026-01-01T12:00:05Z',
    });
    await node.clock.advance(5_000);
    node.problem = undefined;
    node.turnedAtMs = node.clock.nowMs();
    expect(ready()).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T12:00:10Z' });
  });
});

test('conditions of a pod go to its record, and wait for it', async () => {
  const { node, writer } = await world();
  await writer.save('pods', pod('web'));
  await node.look();
  const gate = { type: 'example.com/gate', status: 'True' };
  expect(await failure(writer.setConditions(web, [gate]))).toBe(
    'ServiceUnavailable: pod "web" is not on record yet',
  );
  node.run();
  await writer.setConditions(web, [gate]);
  expect(node.conditions).toEqual([gate, gate]);
});

describe('ephemeral containers', () => {
  const debug = { name: 'debug', image: 'tools:1' };
  const MANIFEST = '{name: web, containers: [{name: main, image: "a:1"}]}';
  const spec = ({ objects }: Pick<NodeObjects, 'objects'>): JsonObject =>
    objectAt(objects.get('pods', 'default', 'web') ?? {}, 'spec');
  const withFile = async () => {
    const it = await world();
    const file = join(it.node.manifests, 'web.yaml');
    await writeFile(file, MANIFEST);
    await it.node.look();
    it.node.run();
    const add = (container: JsonObject, dryRun = false): Promise<JsonObject> =>
      it.writer.addEphemeralContainers(web, [container], { dryRun });
    return { ...it, file, add };
  };

  test('of a pod of a file are shown at once, and are no part of any manifest', async () => {
    const { node, file, add, stored } = await withFile();
    const hints = node.hints;
    expect(await add(debug)).toMatchObject({ spec: { ephemeralContainers: [debug] } });
    expect(spec(stored).ephemeralContainers).toMatchObject([debug]);
    expect(await readdir(node.objectsDir)).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(MANIFEST);
    expect(node.hints).toBe(hints + 1);
  });

  test('are there for the next daemon, and gone with the pod', async () => {
    const { node, file, add } = await withFile();
    await add(debug);
    const next = await node.open();
    await node.look();
    expect(spec(next).ephemeralContainers).toMatchObject([debug]);
    await writeFile(file, MANIFEST.replace('web', 'other'));
    await node.look();
    expect(await readdir(join(node.rootDir, 'ephemeral-containers'))).toEqual([]);
  });

  test('of a dry run are not added', async () => {
    const { node, add } = await withFile();
    expect((await add(debug, true)).spec).not.toHaveProperty('ephemeralContainers');
    expect(await readdir(join(node.rootDir, 'ephemeral-containers')).catch(() => [])).toEqual([]);
  });

  test('of a pod that cannot have them now', async () => {
    const { node, objects, writer, add } = await withFile();
    const options = { dryRun: false };
    const nobody = writer.addEphemeralContainers({ namespace: 'default', name: 'x' }, [debug], options);
    expect(await failure(nobody)).toBe('NotFound: pods "x" not found');
    const uid = asPodUid(textAt(objects.get('pods', 'default', 'web')?.metadata, 'uid'));
    const record = node.records.get(uid);
    node.records.clear();
    expect(await failure(add(debug))).toBe('ServiceUnavailable: pod "web" is not on record yet');
    if (record !== undefined) node.records.set(uid, { ...record, deletionStartedAtMs: 1 });
    expect(await failure(add(debug))).toBe(
      'Conflict: Operation cannot be fulfilled on pods "web": it is being deleted; try again when it is gone',
    );
  });

  test('are all that can be changed of a pod of a file', async () => {
    const { objects, writer, file } = await withFile();
    const { status: _, ...wanted } = objects.get('pods', 'default', 'web') ?? {};
    expect(await failure(writer.save('pods', wanted))).toBe(
      `Forbidden: pods "web" is forbidden: it is defined by ${file}; edit or delete that file`,
    );
  });

  test('of a pod of the API are in its own file', async () => {
    const { node, objects, writer } = await world();
    await writer.save('pods', pod('web'));
    await node.look();
    const { status: _, ...shown } = objects.get('pods', 'default', 'web') ?? {};
    await writer.save('pods', {
      ...shown,
      spec: { ...objectAt(shown, 'spec'), ephemeralContainers: [debug] },
    });
    const written = JSON.parse(await readFile(join(node.objectsDir, 'pod.default.web.json'), 'utf8'));
    expect(written.spec).toEqual({
      containers: [{ name: 'main', image: 'a:1' }],
      ephemeralContainers: [debug],
    });
  });
});
