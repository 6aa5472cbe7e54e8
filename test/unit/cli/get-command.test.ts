import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type JsonObject, listAt, objectAt, textAt } from '../../../src/base/index.ts';
import { createNodeClient } from '../../../src/client/index.ts';
import { ObjectWorld, shownPod } from '../api/object-world.ts';
import { type Outcome, tinylet, type World } from './fake-program.ts';
import { ObjectClient } from './object-client.ts';

/** Only a broken program outlasts it. */
const PATIENT = { timeout: 10_000 };

let objects: ObjectWorld;

beforeEach(() => {
  objects = new ObjectWorld();
  objects.put('pods', shownPod('web', {}, { labels: { app: 'web', tier: 'front' } }));
  objects.put('pods', shownPod('db', {}, { namespace: 'shop' }));
  objects.put('configmaps', configMap('settings', { a: '1' }));
  objects.put('runtimeclasses', {
    ...configMap('fast', {}),
    kind: 'RuntimeClass',
    handler: 'runsc',
    metadata: { name: 'fast', creationTimestamp: '2026-01-01T11:00:00Z' },
  });
});

/** What was written has been read. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

function configMap(name: string, data: JsonObject): JsonObject {
  const metadata = { name, namespace: 'default', uid: name, creationTimestamp: '2026-01-01T11:00:00Z' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

function get(words: string, world: World = {}): Promise<Outcome> {
  return tinylet(['get', ...words.split(' ')], { client: () => new ObjectClient(objects), ...world });
}

const ROW = 'web    1/1     Running   3 (5m ago)   60m';
const TITLES = 'NAME   READY   STATUS    RESTARTS     AGE';

describe('tables are those of the API', () => {
  const POD = `${TITLES}\n${ROW}\n`;

  test.each<[words: string, out: string]>([
    ...['pods', 'po', 'pod', 'Pod', 'pods.v1.', 'pod web', 'pod/web', 'pods -lapp=web,tier!=back', 'all'].map(
      (words): [string, string] => [words, POD],
    ),
    ['pods --field-selector metadata.name=web', POD],
    ['pods --no-headers', 'web   1/1   Running   3 (5m ago)   60m\n'],
    ['pods -n shop', POD.replace('web', 'db ')],
    [
      'pods -o wide',
      `${TITLES}   IP         NODE   NOMINATED NODE   READINESS GATES\n${ROW}   10.4.0.7   here   <none>           <none>\n`,
    ],
    ['pods --show-labels', `${TITLES}   LABELS\n${ROW}   app=web,tier=front\n`],
    [
      'pods -A',
      [
        'NAMESPACE   NAME   READY   STATUS    RESTARTS     AGE',
        `default     ${ROW}`,
        'shop        db     1/1     Running   3 (5m ago)   60m\n',
      ].join('\n'),
    ],
    [
      'cm,secrets,pods',
      `NAME                 DATA   AGE\nconfigmap/settings   1      60m\n\n${POD.replace('NAME', 'NAME   ').replace('web ', 'pod/web')}`,
    ],
    ['pod/web cm/settings -o name', 'pod/web\nconfigmap/settings\n'],
    ['runtimeclass -o name', 'runtimeclass.node.k8s.io/fast\n'],
    ['runtimeclasses.node.k8s.io', 'NAME   HANDLER   AGE\nfast   runsc     60m\n'],
  ])('get %s', async (words, out) => {
    expect(await get(words)).toMatchObject({ out, err: '', code: 0 });
  });

  test('nothing that an object says reaches the terminal as it is, and only statuses have a colour', async () => {
    objects.put('pods', shownPod('bad', { status: { phase: 'Pending' } }, { labels: { a: '\u001b[2J' } }));
    const { out } = await get('pods --show-labels', { terminal: true });
    expect(out).toContain('\u001b[32mRunning\u001b[0m  ');
    expect(out).toContain('\\u001b[2J');
    expect(out.split('\u001b[').length).toBe(5);
    expect((await get('pods', { terminal: true, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b');
    expect((await get('pods')).out).not.toContain('\u001b');
  });
});

describe('objects as text', () => {
  test('one that is named is shown itself, without who set which field', async () => {
    objects.put('configmaps', {
      ...configMap('settings', { esc: '\u001b[2J', text: 'a\n\tb', on: 'yes' }),
      metadata: { name: 'settings', namespace: 'default', uid: 'u', managedFields: [{ manager: 'x' }] },
    });
    const { out } = await get('cm settings -o yaml');
    expect(out.replace(/"\d+"/, 'VERSION')).toBe(
      `apiVersion: v1
data:
  esc: "\\e[2J"
  "on": "yes"
  text: "a\\n\\tb"
kind: ConfigMap
metadata:
  name: settings
  namespace: default
  resourceVersion: VERSION
  uid: u
`,
    );
    const json = await get('cm settings -o json');
    expect(JSON.parse(json.out)).toMatchObject({ kind: 'ConfigMap', data: { esc: '\u001b[2J' } });
    expect(json.out).not.toContain('\u001b');
    expect(json.out).not.toContain('managedFields');
  });

  test('several are a List', async () => {
    const { out } = await get('pods,cm -o json -A');
    const list: JsonObject = JSON.parse(out);
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } });
    expect(listAt(list, 'items').map((item) => textAt(objectAt(item, 'metadata'), 'name'))).toEqual([
      'web',
      'db',
      'settings',
    ]);
  });

  test('so is nothing', async () => {
    const { out, err, code } = await get('secrets -o json');
    expect({ err, code, list: JSON.parse(out) }).toMatchObject({ err: '', code: 0, list: { items: [] } });
  });
});

describe('what cannot be shown is told', () => {
  test.each<[words: string, outcome: Partial<Outcome>]>([
    ['secrets', { out: '', err: 'No resources found in default namespace.\n', code: 0 }],
    ['secrets -A', { out: '', err: 'No resources found\n', code: 0 }],
    ['pod nobody', { out: '', err: 'Error from server (NotFound): pods "nobody" not found\n', code: 1 }],
    [
      'pod nobody -o json',
      { out: '', err: 'Error from server (NotFound): pods "nobody" not found\n', code: 1 },
    ],
    [
      'pod nobody web',
      { out: `${TITLES}\n${ROW}\n`, err: 'Error from server (NotFound): pods "nobody" not found\n', code: 1 },
    ],
    [
      'pods --field-selector spec.none=1',
      { out: '', err: expect.stringMatching(/^Error from server \(BadRequest\): .*spec\.none\n$/), code: 1 },
    ],
    ['podz', { err: expect.stringContaining('a resource type "podz"; did you mean pods?'), code: 2 }],
    ['pod web -l a=b', { err: expect.stringContaining('either names or a selector, not both'), code: 2 }],
    ['pod web -A', { err: expect.stringContaining('give -n instead of -A'), code: 2 }],
    ['pod/web cm', { err: expect.stringContaining('"cm": write KIND NAME... or KIND/NAME...'), code: 2 }],
    ['pods,cm -w', { err: expect.stringContaining('only one kind can be watched at a time'), code: 2 }],
    [
      'pods -o jsonpath={}',
      { err: expect.stringContaining('is not one of table, wide, json, yaml, name'), code: 2 },
    ],
  ])('get %s', async (words, outcome) => {
    expect(await get(words)).toMatchObject(outcome);
  });

  test('where no daemon answers, it is said how there would be one', async () => {
    const { err, code } = await get('pods', { client: () => createNodeClient('/nowhere/t.sock') });
    expect({ err, code }).toMatchObject({
      err: expect.stringContaining('start a daemon with "tinylet" as root'),
      code: 1,
    });
  });
});

describe('a watch tells what there is, then every change', () => {
  async function watched(words: string): Promise<Outcome> {
    const client = new ObjectClient(objects);
    const running = get(words, { client: () => client });
    await vi.waitFor(() => expect(client.asked.at(-1)).toContain('watch=true'), PATIENT);
    await settled();
    for (const change of changes) {
      change();
      await objects.clock.advance(1000);
      await settled();
    }
    client.hangUp();
    return running;
  }

  const changes: readonly (() => void)[] = [
    () => objects.put('pods', shownPod('new', { status: { phase: 'Pending' } })),
    () => objects.remove('pods', { namespace: 'default', name: 'new' }),
    () => objects.put('configmaps', configMap('other', {})),
  ];

  test.each<[words: string, out: string]>([
    [
      'pods -w',
      `${TITLES}\n${ROW}\nnew    0/1     Pending   0            60m\nnew    0/1     Pending   0            60m\n`,
    ],
    ['pods -wo name', 'pod/web\npod/new\npod/new\n'],
    ['pods -w -l app=web', `${TITLES}\n${ROW}\n`],
    ['pod web -w --no-headers', `${ROW.replaceAll(/ {3,}/g, '   ')}\n`],
    ['pods -n none -w', ''],
  ])('get %s', async (words, out) => {
    const outcome = await watched(words);
    expect(outcome).toMatchObject({ out, code: 1 });
    expect(outcome.err).toContain('it hung up while it was listened to');
  });

  test('each object is a document of its own', async () => {
    const { out } = await watched('cm -w -o yaml');
    expect(out.split('---\n').map((text) => /^ {2}name: (.*)$/m.exec(text)?.[1])).toEqual([
      'settings',
      'other',
    ]);
  });
});
