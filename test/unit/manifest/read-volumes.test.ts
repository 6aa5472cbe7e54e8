import { describe, expect, test } from 'vitest';
import type { Volume } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

/** A pod with one line for its volumes; that is line 3. */
const pod = (volumes: string): string =>
  `name: web\ncontainers: [{name: main, image: i}, {name: side, image: i}]\nvolumes: ${volumes}\n`;
const volume = (source: string): string => pod(`[{name: v, ${source}}]`);

/** What a volume's source comes to. */
const sourceOf = (source: string): Volume['source'] | undefined =>
  podOf(volume(source)).spec.volumes?.[0]?.source;

/** Errors without the place, which is the same line everywhere, and without the way to the volume. */
const reasonsOf = (source: string): string[] =>
  errorsOf(volume(source)).map((error) => error.replace(/^3:\d+: volumes\[0\]\.?/, ''));

const files = (fields: object): object => ({ defaultMode: 0o644, ...fields });

describe('what is accepted', () => {
  test.each<[string, object]>([
    ['emptyDir: {}', { kind: 'emptyDir', medium: '' }],
    ['emptyDir: {medium: ""}', { kind: 'emptyDir', medium: '' }],
    ['emptyDir:', { kind: 'emptyDir', medium: '' }],
    ['emptyDir: {sizeLimit: 0}', { kind: 'emptyDir', medium: '' }],
    ['emptyDir: {sizeLimit: 1.5Gi}', { kind: 'emptyDir', medium: '', sizeLimit: '1536Mi' }],
    ['emptyDir: {sizeLimit: 1000}', { kind: 'emptyDir', medium: '', sizeLimit: '1k' }],
    [
      'emptyDir: {medium: Memory, sizeLimit: 64Mi}',
      { kind: 'emptyDir', medium: 'Memory', sizeLimit: '64Mi' },
    ],
    ['emptyDir: {medium: HugePages}', { kind: 'emptyDir', medium: 'HugePages' }],
    ['emptyDir: {medium: HugePages-2Mi}', { kind: 'emptyDir', medium: 'HugePages-2Mi' }],
    ['hostPath: {path: /srv}', { kind: 'hostPath', path: '/srv', type: '' }],
    ['hostPath: {path: /srv/..data, type: ""}', { kind: 'hostPath', path: '/srv/..data', type: '' }],
    ...['DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'].map(
      (type): [string, object] => [
        `hostPath: {path: /a, type: ${type}}`,
        { kind: 'hostPath', path: '/a', type },
      ],
    ),
    ['persistentVolumeClaim: {claimName: data.0}', { kind: 'persistentVolumeClaim', claimName: 'data.0' }],
    [
      'persistentVolumeClaim: {claimName: data, readOnly: true}',
      { kind: 'persistentVolumeClaim', claimName: 'data', readOnly: true },
    ],
    [
      'persistentVolumeClaim: {claimName: data, readOnly: false}',
      { kind: 'persistentVolumeClaim', claimName: 'data' },
    ],
    [
      'ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}',
      { kind: 'ephemeral' },
    ],
    ['image: {reference: "a:1"}', { kind: 'image', reference: 'a:1', pullPolicy: 'IfNotPresent' }],
    ['image: {reference: a}', { kind: 'image', reference: 'a', pullPolicy: 'Always' }],
    ['image: {reference: a, pullPolicy: Never}', { kind: 'image', reference: 'a', pullPolicy: 'Never' }],
    ['configMap: {name: c}', files({ kind: 'configMap', name: 'c' })],
    ['configMap: {name: c, items: [], optional: false}', files({ kind: 'configMap', name: 'c' })],
    [
      'configMap: {name: c, defaultMode: 0400, optional: true, items: [{key: k, path: a/b, mode: 511}, {key: l, path: c..}]}',
      {
        kind: 'configMap',
        name: 'c',
        items: [
          { key: 'k', path: 'a/b', mode: 0o777 },
          { key: 'l', path: 'c..' },
        ],
        optional: true,
        defaultMode: 0o400,
      },
    ],
    [
      'secret: {secretName: s, defaultMode: 0, items: [{key: k, path: p, mode: 0}]}',
      { kind: 'secret', name: 's', items: [{ key: 'k', path: 'p', mode: 0 }], defaultMode: 0 },
    ],
    ['downwardAPI: {}', files({ kind: 'downwardAPI', items: [] })],
    [
      `downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.labels}}, {path: b, mode: 0444, fieldRef: {apiVersion: v1, fieldPath: "metadata.annotations['A.b/c']"}}]}`,
      files({
        kind: 'downwardAPI',
        items: [
          { path: 'a', kind: 'fieldRef', fieldPath: 'metadata.labels' },
          { path: 'b', mode: 0o444, kind: 'fieldRef', fieldPath: "metadata.annotations['A.b/c']" },
        ],
      }),
    ],
    [
      'downwardAPI: {items: [{path: a, resourceFieldRef: {containerName: side, resource: limits.cpu, divisor: 1m}}, {path: b, resourceFieldRef: {containerName: main, resource: requests.hugepages-2Mi, divisor: 1}}]}',
      files({
        kind: 'downwardAPI',
        items: [
          {
            path: 'a',
            kind: 'resourceFieldRef',
            containerName: 'side',
            resource: 'limits.cpu',
            divisor: '1m',
          },
          { path: 'b', kind: 'resourceFieldRef', containerName: 'main', resource: 'requests.hugepages-2Mi' },
        ],
      }),
    ],
    ['projected: {}', files({ kind: 'projected', sources: [] })],
    [
      'projected: {defaultMode: 0440, sources: [{secret: {name: s}}, {configMap: {name: c, optional: true, items: [{key: k, path: p}]}}, {downwardAPI: {items: [{path: q, fieldRef: {fieldPath: metadata.uid}}]}}, {}]}',
      {
        kind: 'projected',
        sources: [
          { kind: 'secret', name: 's' },
          { kind: 'configMap', name: 'c', items: [{ key: 'k', path: 'p' }], optional: true },
          { kind: 'downwardAPI', items: [{ path: 'q', kind: 'fieldRef', fieldPath: 'metadata.uid' }] },
        ],
        defaultMode: 0o440,
      },
    ],
  ])('%s', (source, expected) => {
    expect(sourceOf(source)).toEqual(expected);
  });

  test('a volume without a kind is an emptyDir, and no volumes are none', () => {
    expect(podOf(pod('[{name: v}]')).spec.volumes).toEqual([
      { name: 'v', source: { kind: 'emptyDir', medium: '' } },
    ]);
    expect(podOf(pod('[]')).spec).not.toHaveProperty('volumes');
  });

  test('an octal mode and the same mode in JSON are equal', () => {
    const json = '{"name": "v", "secret": {"secretName": "s", "defaultMode": 256}}';
    expect(podOf(pod(`[${json}]`))).toEqual(podOf(volume('secret: {secretName: s, defaultMode: 0400}')));
  });
});

describe('what is refused', () => {
  const MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

  test.each<[string, string[]]>([
    ['emptyDir: x', ['emptyDir: expected a map, got the string "x"']],
    [
      'emptyDir: {medium: memory}',
      [
        'emptyDir.medium: Unsupported value: "memory": supported values: "", "Memory", "HugePages", "HugePages-<size>"',
      ],
    ],
    ...['HugePages-', 'HugePages-0', 'HugePages-big'].map((medium): [string, string[]] => [
      `emptyDir: {medium: ${medium}}`,
      [
        `emptyDir.medium: Unsupported value: "${medium}": supported values: "", "Memory", "HugePages", "HugePages-<size>"`,
      ],
    ]),
    [
      'emptyDir: {sizeLimit: -1}',
      ['emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity'],
    ],
    [
      'emptyDir: {sizeLimit: 1Gb}',
      [
        `emptyDir.sizeLimit: Invalid value: "1Gb": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      ],
    ],
    ['hostPath: {}', ['hostPath.path: Required value']],
    ['hostPath: {path: /a/../b}', [`hostPath.path: Invalid value: "/a/../b": must not contain '..'`]],
    ['hostPath: {path: a}', ['hostPath.path: Invalid value: "a": must be an absolute path']],
    [
      'hostPath: {path: /a, type: directory}',
      [
        'hostPath.type: Unsupported value: "directory": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    ['persistentVolumeClaim: {readOnly: true}', ['persistentVolumeClaim.claimName: Required value']],
    [
      'persistentVolumeClaim: {claimName: ../x}',
      [
        expect.stringMatching(
          /^persistentVolumeClaim.claimName: Invalid value: "..\/x": a lowercase RFC 1123 subdomain/,
        ),
      ],
    ],
    ['ephemeral: {}', ['ephemeral.volumeClaimTemplate: Required value']],
    [
      'ephemeral: {volumeClaimTemplate: {spec: {volumeMode: Block}}}',
      [
        'ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
        'ephemeral.volumeClaimTemplate.spec.resources.requests.storage: Required value',
        'ephemeral.volumeClaimTemplate.spec.volumeMode: Forbidden: a claim is a directory here, never a block device: name the device by a hostPath of type BlockDevice',
      ],
    ],
    ['image: {pullPolicy: Always}', ['image.reference: Required value']],
    [
      'image: {reference: " a", pullPolicy: Sometimes}',
      [
        'image.reference: Invalid value: " a": must not have leading or trailing whitespace',
        'image.pullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    ['configMap: {}', ['configMap.name: Required value']],
    ['configMap: {optional: true}', ['configMap.name: Required value']],
    [
      'configMap: {secretName: s, name: c}',
      ['configMap.secretName: unknown field "volumes[0].configMap.secretName"'],
    ],
    ['secret: {optional: true}', ['secret.secretName: Required value']],
    [
      'secret: {name: s}',
      [
        'secret.secretName: Required value',
        'secret.name: unknown field "volumes[0].secret.name", did you mean "secretName"?',
      ],
    ],
    [
      'configMap: {name: c, defaultMode: 01000, items: [{key: k, path: p, mode: -1}]}',
      [
        `configMap.defaultMode: Invalid value: 512: ${MODE}`,
        `configMap.items[0].mode: Invalid value: -1: ${MODE}`,
      ],
    ],
    [
      'configMap: {name: c, items: [{}]}',
      ['configMap.items[0].key: Required value', 'configMap.items[0].path: Required value'],
    ],
    [
      'configMap: {name: c, items: [{key: k, path: /p}, {key: k, path: a/../b}, {key: k, path: ..p}, {key: k, path: ..}, {key: k, path: ../p}]}',
      [
        'configMap.items[0].path: Invalid value: "/p": must be a relative path',
        `configMap.items[1].path: Invalid value: "a/../b": must not contain '..'`,
        `configMap.items[2].path: Invalid value: "..p": must not start with '..'`,
        `configMap.items[3].path: Invalid value: "..": must not contain '..'`,
        `configMap.items[4].path: Invalid value: "../p": must not contain '..'`,
      ],
    ],
    [
      'downwardAPI: {items: [{path: a}, {fieldRef: {fieldPath: metadata.name}}]}',
      [
        'downwardAPI.items[0].fieldRef: Required value: one of fieldRef and resourceFieldRef is required',
        'downwardAPI.items[1].path: Required value',
      ],
    ],
    [
      'downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.name}, resourceFieldRef: {containerName: main, resource: limits.cpu}}]}',
      [
        'downwardAPI.items[0].resourceFieldRef: Forbidden: fieldRef and resourceFieldRef can not be specified simultaneously',
      ],
    ],
    [
      `downwardAPI: {items: [{path: a, fieldRef: {}}, {path: b, fieldRef: {fieldPath: status.podIP}}, {path: c, fieldRef: {fieldPath: metadata.nmae}}, {path: d, fieldRef: {fieldPath: "metadata.name['x']"}}, {path: e, fieldRef: {fieldPath: "metadata.labels['a b']"}}, {path: f, fieldRef: {apiVersion: v2, fieldPath: metadata.uid}}]}`,
      [
        'downwardAPI.items[0].fieldRef.fieldPath: Required value',
        'downwardAPI.items[1].fieldRef.fieldPath: Unsupported value: "status.podIP": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
        'downwardAPI.items[2].fieldRef.fieldPath: Invalid value: "metadata.nmae": error converting fieldPath: field label not supported: metadata.nmae',
        'downwardAPI.items[3].fieldRef.fieldPath: Invalid value: "metadata.name": does not support subscript',
        expect.stringMatching(
          /^downwardAPI.items\[4\].fieldRef.fieldPath: Invalid value: "a b": name part must consist of/,
        ),
        'downwardAPI.items[5].fieldRef.apiVersion: Invalid value: "v2": unsupported pod version: write v1',
      ],
    ],
    [
      'downwardAPI: {items: [{path: a, resourceFieldRef: {resource: limits.cpu}}, {path: b, resourceFieldRef: {containerName: main}}, {path: c, resourceFieldRef: {containerName: other, resource: limits.gpu}}]}',
      [
        'downwardAPI.items[0].resourceFieldRef.containerName: Required value',
        'downwardAPI.items[1].resourceFieldRef.resource: Required value',
        'downwardAPI.items[2].resourceFieldRef.containerName: Not found: "other"',
        'downwardAPI.items[2].resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
      ],
    ],
    [
      'downwardAPI: {items: [{path: a, resourceFieldRef: {containerName: main, resource: limits.cpu, divisor: 1k}}, {path: b, resourceFieldRef: {containerName: main, resource: limits.memory, divisor: 1m}}]}',
      [
        `downwardAPI.items[0].resourceFieldRef.divisor: Invalid value: "1k": only divisor's values 1m and 1 are supported with the cpu resource`,
        `downwardAPI.items[1].resourceFieldRef.divisor: Invalid value: "1m": only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource`,
      ],
    ],
    [
      'projected: {sources: [{configMap: {name: c}, secret: {name: s}}]}',
      ['projected.sources[0].secret: Forbidden: may not specify more than 1 volume type per source'],
    ],
    [
      'projected: {sources: [{configMap: {name: c, items: [{key: a, path: p}, {key: b, path: p}]}}, {secret: {name: s, items: [{key: a, path: p}]}}, {downwardAPI: {items: [{path: p, fieldRef: {fieldPath: metadata.name}}]}}]}',
      [
        'projected.sources[0].configMap.items[1].path: Invalid value: "p": conflicting duplicate paths',
        'projected.sources[1].secret.items[0].path: Invalid value: "p": conflicting duplicate paths',
        'projected.sources[2].downwardAPI.items[0].path: Invalid value: "p": conflicting duplicate paths',
      ],
    ],
    [
      'projected: {sources: [{serviceAccountToken: {path: token}}, {serviceAccountToken: {}}, {clusterTrustBundle: {path: p}}, {podCertificate: {keyType: x}}]}',
      [
        'projected.sources[0].serviceAccountToken: Forbidden: there is no API server here to issue one',
        'projected.sources[1].serviceAccountToken: Forbidden: there is no API server here to issue one',
        'projected.sources[2].clusterTrustBundle: Forbidden: there is no API server here to issue one',
        'projected.sources[3].podCertificate: Forbidden: there is no API server here to issue one',
      ],
    ],
    [
      'emptyDir: {}, hostPath: {path: relative}, configMap: {name: c}',
      [
        'hostPath: Forbidden: may not specify more than 1 volume type',
        'configMap: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    ['emptyDirs: {}', ['emptyDirs: unknown field "volumes[0].emptyDirs", did you mean "emptyDir"?']],
  ])('%s', (source, errors) => {
    expect(reasonsOf(source)).toEqual(errors);
  });

  test.each(['nfs', 'iscsi', 'fc', 'gitRepo', 'csi', 'awsElasticBlockStore', 'azureFile', 'cephfs'])(
    'the kind %s is refused once, with values and without',
    (kind) => {
      for (const value of ['{}', '{x: y}', '{server: a, path: /b}']) {
        expect(reasonsOf(`${kind}: ${value}`)).toEqual([
          expect.stringMatching(new RegExp(`^${kind}: Forbidden: `)),
        ]);
        expect(reasonsOf(`${kind}: ${value}, emptyDir: {}`)).toEqual([
          expect.stringMatching(new RegExp(`^${kind}: Forbidden: `)),
          'emptyDir: Forbidden: may not specify more than 1 volume type',
        ]);
      }
    },
  );

  test('names', () => {
    expect(errorsOf(pod('[{}, {name: V}, {name: a}, {name: a}, {name: a.b}, x]'))).toEqual([
      '3:11: volumes[0].name: Required value',
      expect.stringMatching(/^3:22: volumes\[1\].name: Invalid value: "V": a lowercase RFC 1123 label/),
      '3:44: volumes[3].name: Duplicate value: "a"',
      expect.stringMatching(/^3:55: volumes\[4\].name: Invalid value: "a.b": a lowercase RFC 1123 label/),
      '3:61: volumes[5]: expected a map, got the string "x"',
    ]);
  });
});

test('the size of an ephemeral volume is not enforced, and validate says so', () => {
  const spec = 'accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 1Gi}}';
  expect(
    notesOf(volume(`ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}}, spec: {${spec}}}}`)),
  ).toEqual([
    expect.stringMatching(/volumeClaimTemplate.metadata: has no effect here: /),
    expect.stringMatching(/spec.storageClassName: has no effect here: /),
    expect.stringMatching(/spec.resources.requests.storage: is not enforced: /),
  ]);
});
