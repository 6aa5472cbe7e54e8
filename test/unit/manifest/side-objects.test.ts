import { describe, expect, test } from 'vitest';
import { sideObjectsOf } from '../../../src/manifest/index.ts';
import type { SideObject } from '../../../src/pod/index.ts';
import { errorsOf, nameAndLine, notesOf, objectsOf, parse } from './parse.ts';

const META = { name: 'x', namespace: 'default', labels: {}, annotations: {} };

/** An object of a kind with the lines of its own; they begin on line 4. */
function written(kind: string, lines: string): string {
  const version = kind === 'RuntimeClass' ? 'node.k8s.io/v1' : 'v1';
  return `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: x}\n${lines}\n`;
}

/** The only object of a text that must be valid, as far as it has a part in what runs. */
function objectOf(text: string): SideObject {
  return withoutDocument(objectWithDocument(text));
}

function withoutDocument({ metadata, ...object }: SideObject): SideObject {
  const { document: _, ...meta } = metadata;
  const { document: __, ...rest } = { document: undefined, ...object };
  return { ...rest, metadata: meta } as SideObject;
}

function objectWithDocument(text: string): SideObject {
  const [object, ...others] = sideObjectsOf(parse(text));
  if (object === undefined || others.length > 0)
    throw new Error(`not one object: ${errorsOf(text).join('\n')}`);
  return object;
}

const digestOf = (text: string): string => {
  const object = objectOf(text);
  return 'digest' in object ? object.digest : '';
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('ConfigMap', () => {
  const configMap = (lines: string): string => written('ConfigMap', lines);
  const fields = {
    kind: 'ConfigMap',
    metadata: META,
    immutable: false,
    digest: expect.stringMatching(/^[\da-f]{64}$/),
  };

  test.each<[string, object]>([
    ['', { data: new Map(), binaryData: new Map() }],
    ['data:\nbinaryData: {}\nimmutable:', { data: new Map(), binaryData: new Map() }],
    [
      'data: {a: "1", .b-C_d: "x\\ny\\0z", empty: "", none: ~, __proto__: p}\nbinaryData: {bin: "/wA\\n=", nil:}\nimmutable: true',
      {
        data: new Map([
          ['a', '1'],
          ['.b-C_d', 'x\ny\0z'],
          ['empty', ''],
          ['none', ''],
          ['__proto__', 'p'],
        ]),
        binaryData: new Map([
          ['bin', '/wA='],
          ['nil', ''],
        ]),
        immutable: true,
      },
    ],
  ])('%j', (lines, expected) => {
    expect(objectOf(configMap(lines))).toEqual({ ...fields, ...expected });
  });

  test('what every object may have of metadata', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a.b, namespace: prod, labels: {a: b}, annotations: {c: d}, uid: 1f-2}\n';
    expect(objectOf(text).metadata).toEqual({
      name: 'a.b',
      namespace: 'prod',
      labels: { a: 'b' },
      annotations: { c: 'd' },
    });
    expect(notesOf(text)).toEqual([]);
  });

  test('its digest is that of its data, wherever and in whatever order it stands', () => {
    const digest = digestOf(configMap('data: {a: "1", b: "2"}\nbinaryData: {c: aGk=}'));
    const elsewhere =
      'apiVersion: v1\nkind: ConfigMap\nimmutable: true\nbinaryData: {c: "aG\\nk="}\ndata: {b: "2", a: "1"}\nmetadata: {name: z}\n';
    expect(digestOf(elsewhere)).toBe(digest);
    for (const other of [
      'data: {a: "1", b: "3"}\nbinaryData: {c: aGk=}',
      'data: {a: "1", d: "2"}\nbinaryData: {c: aGk=}',
      'data: {a: "1"}\nbinaryData: {c: aGk=, b: Mg==}',
      'data: {a: "1", b: "2", c: aGk=}',
    ]) {
      expect(digestOf(configMap(other))).not.toBe(digest);
    }
  });

  const KEY_RULE = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;

  test.each<[string, string[]]>([
    ['data: text', ['4:7: data: expected a map, got the string "text"']],
    [
      'data: {a: 1, b: yes, c: [x], d: {e: f}}',
      [
        '4:11: data.a: expected a string, got the number 1 (quote it: "1")',
        '4:17: data.b: expected a string, got the boolean yes (YAML 1.1 reads a bare yes, on, y as true: quote it)',
        '4:25: data.c: expected a string, got a list',
        '4:33: data.d: expected a string, got a map',
      ],
    ],
    [
      'data: {a b: x, "": x, .: x, ..: x, ..a: x}',
      [
        `4:8: data: Invalid value: "a b": ${KEY_RULE}`,
        `4:16: data: Invalid value: "": ${KEY_RULE}`,
        `4:23: data: Invalid value: ".": must not be '.'`,
        `4:29: data: Invalid value: "..": must not be '..'`,
        `4:36: data: Invalid value: "..a": must not start with '..'`,
      ],
    ],
    [
      'data: {a: x, b: z}\nbinaryData: {b: aGk=, c: "?"}',
      [
        '4:14: data.b: Invalid value: "b": duplicate of key present in binaryData',
        '5:26: binaryData.c: illegal base64 data at input byte 0',
      ],
    ],
    ['data: {a: x, a: y}', ['4:14: data.a: duplicate field "data.a": first set on line 4']],
    ['immutable: "true"', ['4:12: immutable: expected a boolean, got the string "true" (remove the quotes)']],
    ['stringData: {a: b}', ['4:1: stringData: unknown field "stringData"']],
    ['spec: {}', ['4:1: spec: unknown field "spec"']],
    [`data: {a: ${'x'.repeat(1024 * 1024)}}`, []],
    [
      `data: {a: ${'x'.repeat(1024 * 1024)}}\nbinaryData: {b: aA==}`,
      ['4:7: data: Too long: may not be more than 1048576 bytes'],
    ],
  ])('what is wrong with a ConfigMap, %#', (lines, errors) => {
    expect(errorsOf(configMap(lines))).toEqual(errors);
  });
});

describe('Secret', () => {
  const secret = (lines: string): string => written('Secret', lines);

  test('data, and stringData over it', () => {
    const lines = `data: {a: ${base64('one')}, b: ${base64('two')}, none: ~}\nstringData: {b: three, c: "", d: "é"}\nimmutable: true`;
    expect(objectOf(secret(lines))).toEqual({
      kind: 'Secret',
      metadata: META,
      type: 'Opaque',
      data: new Map([
        ['a', base64('one')],
        ['b', base64('three')],
        ['none', ''],
        ['c', ''],
        ['d', base64('é')],
      ]),
      immutable: true,
      digest: expect.stringMatching(/^[\da-f]{64}$/),
    });
  });

  test('its digest is that of its type and data', () => {
    const digest = digestOf(secret('stringData: {a: one, b: two}'));
    expect(digestOf(secret(`type: Opaque\ndata: {b: ${base64('two')}, a: ${base64('one')}}`))).toBe(digest);
    expect(digestOf(secret('type: mine\nstringData: {a: one, b: two}'))).not.toBe(digest);
    expect(digestOf(secret('stringData: {a: one, b: three}'))).not.toBe(digest);
  });

  const JSON_RULE = 'Invalid value: "<secret contents redacted>": must be a JSON object';

  test.each<[string, string[]]>([
    ['type: my/own', []],
    ['type: bootstrap.kubernetes.io/token', []],
    [
      'type: kubernetes.io/service-account-token',
      ['4:7: type: Forbidden: there is no API server here to issue a token'],
    ],
    ['type: kubernetes.io/tls', ['1:1: data[tls.crt]: Required value', '1:1: data[tls.key]: Required value']],
    ['type: kubernetes.io/tls\ndata: {tls.crt: ""}', ['5:7: data[tls.key]: Required value']],
    ['type: kubernetes.io/tls\nstringData: {tls.crt: "", tls.key: ""}', []],
    [
      'type: kubernetes.io/basic-auth',
      ['1:1: data.username: Required value', '1:1: data.password: Required value'],
    ],
    ['type: kubernetes.io/basic-auth\nstringData: {username: ""}', []],
    ['type: kubernetes.io/basic-auth\nstringData: {password: x}', []],
    ['type: kubernetes.io/ssh-auth', ['1:1: data.ssh-privatekey: Required value']],
    [
      'type: kubernetes.io/ssh-auth\nstringData: {ssh-privatekey: ""}',
      ['5:14: data.ssh-privatekey: Required value'],
    ],
    ['type: kubernetes.io/ssh-auth\nstringData: {ssh-privatekey: x}', []],
    ['type: kubernetes.io/dockerconfigjson', ['1:1: data[.dockerconfigjson]: Required value']],
    [`type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '{"auths": {}}'}`, []],
    ...['{', '[]', 'null', '1', ''].map((text): [string, string[]] => [
      `type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '${text}'}`,
      [`5:14: data[.dockerconfigjson]: ${JSON_RULE}`],
    ]),
    ['type: kubernetes.io/dockercfg', ['1:1: data[.dockercfg]: Required value']],
    [`type: kubernetes.io/dockercfg\ndata: {.dockercfg: ${base64('{}')}}`, []],
    [
      `type: kubernetes.io/dockercfg\ndata: {.dockercfg: ${base64('x')}}`,
      [`5:8: data[.dockercfg]: ${JSON_RULE}`],
    ],
  ])('%s', (lines, errors) => {
    expect(errorsOf(secret(lines))).toEqual(errors);
  });

  test.each<[string, string[]]>([
    ['data: hunter2', ['4:7: data: expected a map, got a string']],
    ['stringData: [hunter2]', ['4:13: stringData: expected a map, got a list']],
    [
      'data: {pw: hunter2}',
      ['4:12: data.pw: illegal base64 data at input byte 4 (text that is not encoded belongs in stringData)'],
    ],
    [
      'data: {a: 1234, b: true, c: [hunter2], d: {hunter2: hunter2}}\nstringData: {a: 1234.5, b: no}',
      [
        '4:11: data.a: expected a string, got a number (quote it)',
        '4:20: data.b: expected a string, got a boolean (quote it)',
        '4:29: data.c: expected a string, got a list',
        '4:43: data.d: expected a string, got a map',
        '5:17: stringData.a: expected a string, got a number (quote it)',
        '5:28: stringData.b: expected a string, got a boolean (quote it)',
      ],
    ],
    [
      'stringData: {hunter 2, ..hunter2: x}',
      [
        expect.stringMatching(
          /^4:14: stringData: Invalid value: <not shown>: a valid config key must consist of /,
        ),
        "4:24: stringData: Invalid value: <not shown>: must not start with '..'",
      ],
    ],
    ['hunter2: hunter3', ['4:1: unknown field (its name is not shown: it may be part of a Secret)']],
    ['stringdata: {a: hunter2}', ['4:1: stringdata: unknown field "stringdata", did you mean "stringData"?']],
    [
      'stringData: {a: *hunter2, b: !hunter2 x, c: !!int hunter2, d: !!binary hunter2}',
      [
        '4:17: stringData.a: no anchor of this name is defined above; quote a value that begins with *',
        '4:39: stringData.b: a tag that is not supported; quote a value that begins with !',
        '4:51: stringData.c: the value does not fit its tag !!int',
        '4:72: stringData.d: tag "!!binary" is not supported here',
      ],
    ],
    [
      'stringData: {a: "\\hunter2"}',
      [expect.stringMatching(/^4:18: not valid YAML: Invalid escape sequence in double quotes$/)],
    ],
    // A broken type says nothing of what it would have asked for.
    [
      'type: kubernetes.io/tls\ndata: {tls.crt: "?"}',
      [
        '5:17: data[tls.crt]: illegal base64 data at input byte 0 (text that is not encoded belongs in stringData)',
      ],
    ],
    [
      `stringData: {a: ${'x'.repeat(1024 * 1024 + 1)}}`,
      ['1:1: data: Too long: may not be more than 1048576 bytes'],
    ],
  ])('no value is told, %#', (lines, errors) => {
    expect(errorsOf(secret(lines))).toEqual(errors);
  });

  test('nor what stands after a value that holds the end of a document', () => {
    expect(errorsOf(`${secret('stringData:\n  a: |\n    x')}---\nhunter2\n`)).toEqual([
      '8:1: expected a map with the fields of a Pod or of another object, got a string',
    ]);
  });
});

describe('PersistentVolumeClaim', () => {
  const claim = (spec: string): string => written('PersistentVolumeClaim', `spec: {${spec}}`);
  const least = 'accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}';

  test('the least there can be', () => {
    expect(objectOf(claim(least))).toEqual({
      kind: 'PersistentVolumeClaim',
      metadata: META,
      accessModes: ['ReadWriteOnce'],
      storage: '1Gi',
    });
    expect(notesOf(claim(least))).toEqual([
      '4:61: spec.resources.requests.storage: is not enforced: a claim is a directory, and grows as its filesystem lets it',
    ]);
  });

  test('what has no effect is accepted and noted', () => {
    const spec = `${least}, volumeMode: Filesystem, storageClassName: fast, volumeName: pv, volumeAttributesClassName: gold`;
    const paths = notesOf(claim(spec)).map((note) => note.split(': ')[1]);
    expect(new Set(paths)).toEqual(
      new Set([
        'spec.resources.requests.storage',
        'spec.storageClassName',
        'spec.volumeName',
        'spec.volumeAttributesClassName',
      ]),
    );
    expect(objectOf(claim(spec))).toEqual(objectOf(claim(least)));
  });

  test.each<[string, string[]]>([
    [
      '',
      [
        '4:7: spec.accessModes: Required value: at least 1 access mode is required',
        '4:7: spec.resources.requests.storage: Required value',
      ],
    ],
    [
      'accessModes: [Sometimes, ReadWriteOncePod, ReadWriteMany], resources: {requests: {storage: -1}}',
      [
        '4:21: spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        '4:21: spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
        '4:99: spec.resources.requests.storage: Invalid value: "-1": must be greater than zero',
      ],
    ],
    [
      `${least}, volumeMode: Block`,
      [
        '4:92: spec.volumeMode: Forbidden: a claim is a directory here, never a block device: name the device by a hostPath of type BlockDevice',
      ],
    ],
    [
      `${least}, volumeMode: block`,
      ['4:92: spec.volumeMode: Unsupported value: "block": supported values: "Block", "Filesystem"'],
    ],
    [
      `${least}, selector: {matchLabels: {a: b}}`,
      [expect.stringMatching(/^4:80: spec.selector: Forbidden: a claim is a directory of its own/)],
    ],
  ])('%s', (spec, errors) => {
    expect(errorsOf(claim(spec))).toEqual(errors);
  });
});

describe('RuntimeClass', () => {
  const runtimeClass = (lines: string): string => written('RuntimeClass', lines);
  const meta = { ...META, namespace: '' };

  test('a handler, and what it costs', () => {
    expect(objectOf(runtimeClass('handler: kata'))).toEqual({
      kind: 'RuntimeClass',
      metadata: meta,
      handler: 'kata',
    });
    expect(
      objectOf(runtimeClass('handler: kata\noverhead: {podFixed: {cpu: 0.25, memory: 131072Ki}}')),
    ).toEqual({
      kind: 'RuntimeClass',
      metadata: meta,
      handler: 'kata',
      overhead: { cpu: '250m', memory: '128Mi' },
    });
    expect(objectOf(runtimeClass('handler: kata\noverhead: {podFixed: {}}'))).not.toHaveProperty('overhead');
  });

  test('scheduling has no effect', () => {
    expect(notesOf(runtimeClass('handler: kata\nscheduling: {nodeSelector: {a: b}}'))).toEqual([
      expect.stringMatching(/^5:1: scheduling: has no effect here: /),
    ]);
  });

  test.each<[string, string[]]>([
    ['{}', ['1:1: handler: Required value']],
    [
      'handler: Kata.x',
      [expect.stringMatching(/^4:10: handler: Invalid value: "Kata.x": a lowercase RFC 1123 label/)],
    ],
    [
      'handler: kata\noverhead: {podFixed: {cpu: -1, memory: much}}',
      [
        '5:28: overhead.podFixed.cpu: Invalid value: "-1": must be greater than or equal to 0',
        expect.stringMatching(
          /^5:40: overhead.podFixed.memory: Invalid value: "much": quantities must match /,
        ),
      ],
    ],
  ])('%s', (lines, errors) => {
    expect(errorsOf(runtimeClass(lines === '{}' ? '' : lines))).toEqual(errors);
  });

  test('it is of the whole node', () => {
    const text = runtimeClass('handler: kata').replace('{name: x}', '{name: x, namespace: default}');
    expect(errorsOf(text)).toEqual(['3:32: metadata.namespace: Forbidden: not allowed on this type']);
  });

  test('its version is its own', () => {
    expect(errorsOf(runtimeClass('handler: kata').replace('node.k8s.io/v1', 'node.k8s.io/v1beta1'))).toEqual([
      '1:13: apiVersion: no kind "RuntimeClass" is registered for version "node.k8s.io/v1beta1": write "apiVersion: node.k8s.io/v1"',
    ]);
  });
});

describe('documents and lists of all kinds', () => {
  const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i}]}\n';
  const all = [
    POD,
    written('ConfigMap', 'data: {a: b}'),
    written('Secret', 'stringData: {a: b}'),
    written(
      'PersistentVolumeClaim',
      'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}',
    ),
    written('RuntimeClass', 'handler: kata'),
    'name: flat\ncontainers: [{name: c, image: i}]\n',
  ];

  test('one after the other', () => {
    expect(objectsOf(all.join('---\n')).map(nameAndLine)).toEqual([
      ['Pod', 'web', 1],
      ['ConfigMap', 'x', 6],
      ['Secret', 'x', 11],
      ['PersistentVolumeClaim', 'x', 16],
      ['RuntimeClass', 'x', 21],
      ['Pod', 'flat', 26],
    ]);
  });

  test('in a List, in YAML and in JSON', () => {
    const items = all.slice(0, 5).map((text) => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`);
    const kinds = ['Pod', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'RuntimeClass'];
    const objects = objectsOf(`apiVersion: v1\nkind: List\nitems:\n${items.join('')}`);
    expect(objects.map(({ kind }) => kind)).toEqual(kinds);
    const json = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } },
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, stringData: { a: 'b' } },
      ],
    };
    for (const text of [JSON.stringify(json), JSON.stringify(json, null, 2)]) {
      expect(sideObjectsOf(parse(text)).map(withoutDocument)).toEqual([
        objectOf(all[1] ?? ''),
        objectOf(all[2] ?? ''),
      ]);
    }
  });

  test.each([
    ['ConfigMap', 'v1', 'data: {a: b}'],
    ['Secret', 'v1', 'stringData: {a: b}'],
    [
      'PersistentVolumeClaim',
      'v1',
      'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}',
    ],
    ['RuntimeClass', 'node.k8s.io/v1', 'handler: kata'],
  ])('a %sList, whose items need not say what they are', (kind, version, line) => {
    const list = (items: string): string =>
      `apiVersion: ${version}\nkind: ${kind}List\nmetadata: {resourceVersion: ""}\nitems:\n${items}`;
    expect(
      objectsOf(list(`- metadata: {name: a}\n  ${line}\n- metadata: {name: b}\n  ${line}\n`)).map(
        nameAndLine,
      ),
    ).toEqual([
      [kind, 'a', 5],
      [kind, 'b', 7],
    ]);
    expect(errorsOf(list('- a\n'))).toEqual([`5:3: items[0]: expected a ${kind}, got a string`]);
    expect(errorsOf(list('').replace(version, 'v2').replace('items:', 'items: []'))).toEqual([
      `1:13: apiVersion: no kind "${kind}List" is registered for version "v2": write "apiVersion: ${version}"`,
    ]);
  });

  const TAKEN =
    'not supported; tinylet takes Pod, ConfigMap, Secret, PersistentVolumeClaim, RuntimeClass or Namespace, alone or in a List';

  test.each<[string, string]>([
    ['configmap', `kind "configmap" (v1): ${TAKEN}, did you mean "ConfigMap"?`],
    ['Secrets', `kind "Secrets" (v1): ${TAKEN}, did you mean "Secret"?`],
    [
      'PersistantVolumeClaim',
      `kind "PersistantVolumeClaim" (v1): ${TAKEN}, did you mean "PersistentVolumeClaim"?`,
    ],
    ['runtimeClass', `kind "runtimeClass" (v1): ${TAKEN}, did you mean "RuntimeClass"?`],
    ['SecretsList', `kind "SecretsList" (v1): ${TAKEN}, did you mean "SecretList"?`],
    ['Service', `kind "Service" (v1): ${TAKEN}`],
    ['ListList', `kind "ListList" (v1): ${TAKEN}`],
    ['PersistentVolume', `kind "PersistentVolume" (v1): ${TAKEN}`],
    ['__proto__', `kind "__proto__" (v1): ${TAKEN}`],
  ])('kind %s', (kind, message) => {
    expect(errorsOf(`apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}\ndata: {a: hunter2}\n`)).toEqual([
      `2:7: kind: ${message}`,
    ]);
  });

  test('a forgotten kind', () => {
    const message = `Object 'Kind' is missing: write one of Pod, ConfigMap, Secret, PersistentVolumeClaim, RuntimeClass or Namespace`;
    for (const line of ['data: {a: 1}', 'stringData: {a: 1}', 'binaryData: {a: 1}', 'handler: 1']) {
      expect(errorsOf(`apiVersion: v1\nmetadata: {name: x}\n${line}\n`)).toEqual([`1:1: kind: ${message}`]);
      expect(errorsOf(`${line}\n`)).toEqual([`1:1: kind: ${message}`]);
    }
  });

  test('one kind, namespace and name twice in a file', () => {
    const [pod = '', configMap = '', secret = '', claim = '', runtimeClass = ''] = all;
    expect(
      objectsOf([pod.replace('web', 'x'), configMap, secret, claim, runtimeClass].join('---\n')),
    ).toHaveLength(5);
    const elsewhere = secret.replace('{name: x}', '{name: x, namespace: other}');
    expect(
      errorsOf([configMap, secret, elsewhere, secret, runtimeClass, runtimeClass].join('---\n')),
    ).toEqual([
      '18:18: metadata.name: Duplicate value: "default/x": first defined on line 8',
      '28:18: metadata.name: Duplicate value: "x": first defined on line 23',
    ]);
  });
});

test('what kubectl prints is accepted, and what its server filled in is noted', () => {
  const server = {
    creationTimestamp: '2026-01-01T00:00:00Z',
    finalizers: ['kubernetes.io/pvc-protection'],
    managedFields: [{ manager: 'kubectl', operation: 'Update' }],
    resourceVersion: '1',
    uid: '1f-2',
  };
  const metadata = { ...server, name: 'x', namespace: 'default' };
  const printed = {
    apiVersion: 'v1',
    kind: 'List',
    metadata: { resourceVersion: '' },
    items: [
      { apiVersion: 'v1', data: { a: 'b' }, kind: 'ConfigMap', metadata },
      { apiVersion: 'v1', data: { a: 'aGk=' }, kind: 'Secret', metadata, type: 'Opaque' },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata,
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
          volumeName: 'pvc-1f-2',
        },
        status: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, phase: 'Bound' },
      },
      {
        apiVersion: 'node.k8s.io/v1',
        handler: 'runc',
        kind: 'RuntimeClass',
        metadata: { ...server, name: 'runc' },
      },
    ],
  };
  const text = JSON.stringify(printed, null, 2);
  expect(sideObjectsOf(parse(text))).toHaveLength(4);
  const noted = notesOf(text).map((note) => note.split(': ')[1]);
  const { uid: _, ...unheeded } = server;
  for (const field of Object.keys(unheeded)) {
    for (const index of printed.items.keys()) expect(noted).toContain(`items[${index}].metadata.${field}`);
  }
  expect(noted).toContain('items[2].status');
});

describe('what is kept of an object as it was written', () => {
  test.each<[string, string, object, object | undefined]>([
    ['ConfigMap', 'data: {a: b}', { name: 'x' }, undefined],
    ['Secret', 'stringData: {a: b}', { name: 'x' }, undefined],
    [
      'PersistentVolumeClaim',
      'spec: {accessModes: [ReadWriteOnce], storageClassName: fast, selector: ~, resources: {requests: {storage: 1Gi}}}',
      { name: 'x' },
      {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        resources: { requests: { storage: '1Gi' } },
      },
    ],
    ['RuntimeClass', 'handler: runc', { name: 'x' }, undefined],
    [
      'RuntimeClass',
      'handler: runc\nscheduling: {nodeSelector: {a: b}}',
      { name: 'x' },
      { nodeSelector: { a: 'b' } },
    ],
    ['Namespace', 'spec: {finalizers: [kubernetes]}', { name: 'x' }, undefined],
  ])('%s: %s', (kind, lines, metadata, document) => {
    const object = objectWithDocument(written(kind, lines));
    expect(object.metadata.document).toEqual(metadata);
    expect('document' in object ? object.document : undefined).toEqual(document);
  });

  test('all of metadata', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: x, uid: u, creationTimestamp: ~, finalizers: [a/b], labels: {a: ""}}\n';
    expect(objectWithDocument(text).metadata.document).toEqual({
      name: 'x',
      uid: 'u',
      finalizers: ['a/b'],
      labels: { a: '' },
    });
  });
});

describe('Namespace', () => {
  test('the least there can be', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: prod}\n';
    expect(objectOf(text)).toEqual({
      kind: 'Namespace',
      metadata: { name: 'prod', namespace: '', labels: {}, annotations: {} },
    });
  });

  test('its name is one label', () => {
    expect(errorsOf('apiVersion: v1\nkind: Namespace\nmetadata: {name: a.b}\n')).toEqual([
      expect.stringMatching(/^3:18: metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must/),
    ]);
  });
});
