import { expect, test } from 'vitest';
import type { ManifestFile, ManifestObject } from '../../../src/manifest/index.ts';
import type { SideObject } from '../../../src/pod/index.ts';
import { tinylet } from './fake-program.ts';

function podObject(file: string, line: number, name: string): ManifestObject {
  const metadata = { name, namespace: 'default', labels: {}, annotations: {} };
  const spec = {
    containers: [],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    hostNetwork: false,
  } as const;
  return { kind: 'Pod', pod: { metadata, spec }, file, line };
}

function accepted(file: string, ...objects: ManifestObject[]): ManifestFile {
  return { state: 'accepted', file, objects, notes: [] };
}

function sideObject(file: string, line: number, object: SideObject): ManifestObject {
  return { kind: object.kind, object, file, line };
}

const META = { name: 'web', namespace: 'default', labels: {}, annotations: {} };
const CONFIG_MAP: SideObject = {
  kind: 'ConfigMap',
  metadata: META,
  data: new Map(),
  binaryData: new Map(),
  immutable: false,
  digest: '',
};
const SECRET: SideObject = {
  kind: 'Secret',
  metadata: META,
  type: 'Opaque',
  data: new Map([['password', 'aHVudGVyMg==']]),
  immutable: false,
  digest: 'd1f7',
};
const RUNTIME_CLASS: SideObject = {
  kind: 'RuntimeClass',
  metadata: { ...META, namespace: '' },
  handler: 'kata',
};

test('what valid files hold is told and counted', async () => {
  const files = [accepted('a.yaml', podObject('a.yaml', 1, 'web')), accepted('b.yaml')];
  const { code, out, called } = await tinylet(['validate', 'a.yaml', '-'], { files });
  expect({ code, out }).toEqual({
    code: 0,
    out: 'a.yaml:1: pod default/web\nvalid: 1 pod in 2 files\n',
  });
  expect(called).toEqual([{ what: 'readManifests', files: ['a.yaml', '-'] }]);
});

test.each<[string, ManifestObject[], string]>([
  ['nothing', [], 'valid: 0 pods in 1 file\n'],
  [
    'every kind',
    [
      sideObject('a', 1, SECRET),
      podObject('a', 3, 'web'),
      podObject('a', 5, 'db'),
      sideObject('a', 7, CONFIG_MAP),
      sideObject('a', 9, RUNTIME_CLASS),
    ],
    'a:1: Secret default/web\na:3: pod default/web\na:5: pod default/db\na:7: ConfigMap default/web\n' +
      'a:9: RuntimeClass web\nvalid: 2 pods, 1 Secret, 1 ConfigMap, 1 RuntimeClass in 1 file\n',
  ],
  [
    'no pod',
    [
      sideObject('a', 1, RUNTIME_CLASS),
      sideObject('a', 2, { ...RUNTIME_CLASS, metadata: { ...RUNTIME_CLASS.metadata, name: 'x' } }),
    ],
    'a:1: RuntimeClass web\na:2: RuntimeClass x\nvalid: 2 RuntimeClasses in 1 file\n',
  ],
])('%s', async (_, objects, expected) => {
  const { code, out } = await tinylet(['validate', 'a'], { files: [accepted('a', ...objects)] });
  expect({ code, out }).toEqual({ code: 0, out: expected });
});

test('notes stand behind what their file holds', async () => {
  const note = { file: 'a', line: 7, column: 1, path: 'status', message: 'has no effect' };
  const files: ManifestFile[] = [
    { state: 'accepted', file: 'a', objects: [podObject('a', 1, 'web')], notes: [note] },
    accepted('b', podObject('b', 1, 'db')),
  ];
  const { out } = await tinylet(['validate', 'a', 'b'], { files });
  expect(out).toBe(
    'a:1: pod default/web\na:7:1: note: status: has no effect\nb:1: pod default/db\nvalid: 2 pods in 2 files\n',
  );
});

test('every error of every file is one line with its place', async () => {
  const files: ManifestFile[] = [
    {
      state: 'refused',
      file: 'bad.yaml',
      errors: [
        { file: 'bad.yaml', line: 3, column: 5, path: 'spec.containers[0].image', message: 'is required' },
        { file: 'bad.yaml', line: 9, column: 1, path: '', message: 'two\nlines\u001b[31m' },
      ],
    },
    {
      state: 'accepted',
      file: 'n.yaml',
      objects: [],
      notes: [{ file: 'n.yaml', line: 7, column: 1, path: 'status', message: 'has no effect' }],
    },
  ];
  const { code, out } = await tinylet(['validate', 'bad.yaml', 'n.yaml'], { files });
  expect(code).toBe(1);
  expect(out).toBe(
    [
      'n.yaml:7:1: note: status: has no effect',
      'bad.yaml:3:5: spec.containers[0].image: is required',
      'bad.yaml:9:1: two\\nlines\\u001b[31m',
      '',
    ].join('\n'),
  );
});

test('the same kind and name in two files is an error of the second', async () => {
  const files = [
    accepted('a', podObject('a', 4, 'web'), sideObject('a', 8, SECRET), sideObject('a', 9, RUNTIME_CLASS)),
    accepted('b', podObject('b', 2, 'web'), sideObject('b', 6, CONFIG_MAP), sideObject('b', 7, SECRET)),
    accepted('c', sideObject('c', 1, RUNTIME_CLASS)),
  ];
  const { code, out } = await tinylet(['validate', 'a', 'b', 'c'], { files });
  expect(code).toBe(1);
  expect(out.split('\n').filter((line) => line.includes('already'))).toEqual([
    'b:2:1: metadata.name: pod default/web is defined already in a:4',
    'b:7:1: metadata.name: Secret default/web is defined already in a:8',
    'c:1:1: metadata.name: RuntimeClass web is defined already in a:9',
  ]);
});

test('an empty directory is not a success', async () => {
  const { code, out, err } = await tinylet(['validate', 'empty']);
  expect({ code, out, err }).toEqual({ code: 1, out: '', err: 'tinylet: no manifest files in empty\n' });
});
