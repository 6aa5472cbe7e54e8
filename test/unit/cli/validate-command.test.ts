import { expect, test } from 'vitest';
import type { ManifestFile, ManifestObject } from '../../../src/manifest/index.ts';
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

test('valid files are counted', async () => {
  const files = [accepted('a.yaml', podObject('a.yaml', 1, 'web')), accepted('b.yaml')];
  const { code, out, called } = await tinylet(['validate', 'a.yaml', '-'], { files });
  expect({ code, out }).toEqual({ code: 0, out: 'valid: 1 pod in 2 files\n' });
  expect(called).toEqual([{ what: 'readManifests', files: ['a.yaml', '-'] }]);
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

test('the same name in two files is an error of the second', async () => {
  const files = [
    accepted('a.yaml', podObject('a.yaml', 4, 'web')),
    accepted('b.yaml', podObject('b.yaml', 2, 'web')),
  ];
  const { code, out } = await tinylet(['validate', 'a.yaml', 'b.yaml'], { files });
  expect(code).toBe(1);
  expect(out).toBe('b.yaml:2:1: metadata.name: pod default/web is defined already in a.yaml:4\n');
});

test('an empty directory is not a success', async () => {
  const { code, out, err } = await tinylet(['validate', 'empty']);
  expect({ code, out, err }).toEqual({ code: 1, out: '', err: 'tinylet: no manifest files in empty\n' });
});
