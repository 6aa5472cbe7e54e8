import { describe, expect, test } from 'vitest';
import { errorsOf, nameAndLine, objectsOf, parse, podOf, podWithDocument } from './parse.ts';

/** The base: line and column of every part matter to the tables below. */
const BASE = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: main
    image: nginx:1.27
`;

/** The base with one piece of text replaced. */
function changed(from: string, to: string): string {
  if (!BASE.includes(from)) throw new Error(`the base has no ${from}`);
  return BASE.replace(from, () => to);
}

/** The base with lines added to a part of it, indented as they must be. */
const inMetadata = (lines: string): string => changed('  name: web\n', `  name: web\n${indent(lines, 2)}`);
const inSpec = (lines: string): string => changed('spec:\n', `spec:\n${indent(lines, 2)}`);
const inContainer = (lines: string): string => BASE + indent(lines, 4);
const indent = (lines: string, by: number): string =>
  lines
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line}\n`)
    .join('');

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  String.raw`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const UID_RULE =
  "must begin with a letter or digit, consist of letters, digits, '-', '_' and '.' without '..', and be no more than " +
  '128 characters: it names a directory';
const ENV_RULE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

describe('defaults', () => {
  test('a Pod of the least there can be', () => {
    expect(podOf(BASE)).toEqual({
      metadata: { name: 'web', namespace: 'default', labels: {}, annotations: {} },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'nginx:1.27',
            command: [],
            args: [],
            env: [],
            ports: [],
            imagePullPolicy: 'IfNotPresent',
          },
        ],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        hostNetwork: false,
      },
    });
  });

  test('the flat form means the same', () => {
    expect(podOf('name: web\ncontainers:\n- name: main\n  image: nginx:1.27\n')).toEqual(podOf(BASE));
  });

  test('nulls and empty values are absent', () => {
    const spec = inSpec(
      'restartPolicy:\nhostNetwork: ~\nterminationGracePeriodSeconds: null\nvolumes: []\ndnsPolicy: ""',
    );
    expect(podOf(spec)).toEqual(podOf(BASE));
    const container =
      'command:\nargs: []\nworkingDir: ""\nenv:\nports: []\nimagePullPolicy: ""\nresources: {}';
    expect(podOf(inContainer(container))).toEqual(podOf(BASE));
    expect(podOf(inMetadata('namespace: ""\nuid: ""\nlabels:\nannotations: {}'))).toEqual(podOf(BASE));
  });

  test('everything that is honoured arrives', () => {
    const text = `name: web
namespace: prod
uid: 1f0e-A_b.c
labels: {app: web, constructor: "", example.com/x: a_b}
annotations: {Example.COM/note: "any text\\n"}
hostNetwork: true
restartPolicy: OnFailure
terminationGracePeriodSeconds: -5
containers:
- name: main
  image: nginx
  command: [a, ~, "no"]
  args: ["1"]
  workingDir: /srv
  env: [{name: A B, value: "=x"}, {name: EMPTY}, {name: A B, value: again}]
  ports:
  - {name: http, containerPort: 80, hostIP: "::1"}
  - {containerPort: 8080.0, hostPort: 0x1F90, protocol: UDP}
  imagePullPolicy: Never
`;
    expect(podOf(text)).toEqual({
      metadata: {
        name: 'web',
        namespace: 'prod',
        uid: '1f0e-A_b.c',
        labels: { app: 'web', constructor: '', 'example.com/x': 'a_b' },
        annotations: { 'Example.COM/note': 'any text\n' },
      },
      spec: {
        hostNetwork: true,
        restartPolicy: 'OnFailure',
        terminationGracePeriodSeconds: -5,
        containers: [
          {
            name: 'main',
            image: 'nginx',
            command: ['a', '', 'no'],
            args: ['1'],
            workingDir: '/srv',
            env: [
              { name: 'A B', value: '=x' },
              { name: 'EMPTY', value: '' },
              { name: 'A B', value: 'again' },
            ],
            ports: [
              { name: 'http', containerPort: 80, hostPort: 80, hostIP: '::1', protocol: 'TCP' },
              { containerPort: 8080, hostPort: 8080, protocol: 'UDP' },
            ],
            imagePullPolicy: 'Never',
          },
        ],
      },
    });
  });

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    ['host:5000/nginx', 'Always'],
    ['host:5000/a/nginx:1', 'IfNotPresent'],
    ['host:5000/nginx:latest', 'Always'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
    [`nginx:latest@sha256:${'0'.repeat(64)}`, 'Always'],
    [`host:5000/nginx:1@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('imagePullPolicy of %s is %s', (image, policy) => {
    expect(podOf(changed('nginx:1.27', image)).spec.containers[0]?.imagePullPolicy).toBe(policy);
  });
});

describe('one change, and all that is wrong with it', () => {
  test.each<[string, string, string[]]>([
    // Names of fields
    ['unknown field', inSpec('colour: red'), ['6:3: spec.colour: unknown field "spec.colour"']],
    [
      'misspelt list',
      changed('containers:', 'contianers:'),
      [
        '6:3: spec.contianers: unknown field "spec.contianers", did you mean "containers"?',
        '6:3: spec.containers: Required value',
      ],
    ],
    [
      'wrong case',
      inContainer('WorkingDir: /'),
      [
        '9:5: spec.containers[0].WorkingDir: unknown field "spec.containers[0].WorkingDir", did you mean "workingDir"?',
      ],
    ],
    [
      'unknown field at the top',
      `${BASE}speck: 1\n`,
      ['9:1: speck: unknown field "speck", did you mean "spec"?'],
    ],
    [
      'prototype keys',
      inSpec('__proto__: {containers: []}\nconstructor: 1'),
      [
        '6:3: spec.__proto__: unknown field "spec.__proto__"',
        '7:3: spec.constructor: unknown field "spec.constructor"',
      ],
    ],
    [
      'refused',
      inSpec('schedulingGates:\n- name: data'),
      ['6:3: spec.schedulingGates: Forbidden: nothing here would ever lift a scheduling gate'],
    ],
    [
      'duplicate key',
      inContainer('image: other'),
      ['9:5: spec.containers[0].image: duplicate field "spec.containers[0].image": first set on line 8'],
    ],
    [
      'duplicate label',
      inMetadata('labels:\n  a.b/c: x\n  "a.b/c": y'),
      ['7:5: metadata.labels[a.b/c]: duplicate field "metadata.labels[a.b/c]": first set on line 6'],
    ],
    // Kinds and versions
    ['no kind', changed('kind: Pod\n', ''), [`1:1: kind: Object 'Kind' is missing: write "kind: Pod"`]],
    [
      'no version, and more',
      changed('apiVersion: v1\n', '').replace('web', 'Web'),
      [
        `1:1: apiVersion: Object 'apiVersion' is missing: write "apiVersion: v1"`,
        `3:9: metadata.name: Invalid value: "Web": ${SUBDOMAIN_RULE}`,
      ],
    ],
    [
      'wrong version',
      changed('apiVersion: v1', 'apiVersion: v2'),
      ['1:13: apiVersion: no kind "Pod" is registered for version "v2": write "apiVersion: v1"'],
    ],
    [
      'another kind',
      changed('v1\nkind: Pod', 'apps/v1\nkind: Deployment'),
      [
        '2:7: kind: kind "Deployment" (apps/v1): not supported; tinylet takes Pod, ConfigMap, Secret, PersistentVolumeClaim, RuntimeClass or Namespace, alone or in a List',
      ],
    ],
    [
      'a kind in the wrong case',
      changed('kind: Pod', 'kind: pod'),
      [
        '2:7: kind: kind "pod" (v1): not supported; tinylet takes Pod, ConfigMap, Secret, PersistentVolumeClaim, RuntimeClass or Namespace, alone or in a List, did you mean "Pod"?',
      ],
    ],
    // Metadata
    ['no name', changed('  name: web\n', '  {}\n'), ['4:3: metadata.name: Required value']],
    ['no metadata', changed('metadata:\n  name: web\n', ''), ['1:1: metadata.name: Required value']],
    [
      'generateName',
      changed('  name: web\n', '  generateName: web-\n'),
      ['4:3: metadata.name: Required value: generateName is not enough, no API server makes a name of it'],
    ],
    [
      'a name that climbs',
      changed('web', '../web'),
      [`4:9: metadata.name: Invalid value: "../web": ${SUBDOMAIN_RULE}`],
    ],
    [
      'a long name',
      changed('web', 'a'.repeat(254)),
      [`4:9: metadata.name: Invalid value: "${'a'.repeat(61)}...": must be no more than 253 bytes`],
    ],
    [
      'a namespace with dots',
      inMetadata('namespace: a.b'),
      [`5:14: metadata.namespace: Invalid value: "a.b": ${LABEL_RULE}`],
    ],
    ...['a/b', '..', 'a..b', '.a', '-a', `a${'b'.repeat(128)}`].map((uid): [string, string, string[]] => [
      `uid ${uid.slice(0, 9)}`,
      inMetadata(`uid: ${uid}`),
      [
        `5:8: metadata.uid: Invalid value: "${uid.length > 64 ? `${uid.slice(0, 61)}...` : uid}": ${UID_RULE}`,
      ],
    ]),
    [
      'labels',
      inMetadata('labels: {"": x, a: " ", a/b/c: x, _a: 1}'),
      [
        '5:12: metadata.labels: Invalid value: "": name part must be non-empty',
        expect.stringMatching(/^5:12: metadata.labels: Invalid value: "": name part must consist of /),
        expect.stringMatching(
          /^5:19: metadata.labels: Invalid value: " ": a valid label must be an empty string or /,
        ),
        expect.stringMatching(
          /^5:27: metadata.labels: Invalid value: "a\/b\/c": a qualified name must consist of /,
        ),
        expect.stringMatching(/^5:37: metadata.labels: Invalid value: "_a": name part must consist of /),
        '5:41: metadata.labels._a: expected a string, got the number 1 (quote it: "1")',
      ],
    ],
    [
      'too many annotations',
      inMetadata(`annotations: {a: "${'x'.repeat(256 * 1024)}"}`),
      ['5:16: metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    ['just few enough annotations', inMetadata(`annotations: {a: "${'x'.repeat(256 * 1024 - 1)}"}`), []],
    // Spec
    ['no spec', BASE.slice(0, BASE.indexOf('spec')), ['1:1: spec.containers: Required value']],
    [
      'no containers',
      `${BASE.slice(0, BASE.indexOf('  - name'))}    []\n`,
      ['7:5: spec.containers: Required value'],
    ],
    [
      'an empty container',
      changed('- name: main\n    image: nginx:1.27', '-'),
      ['7:4: spec.containers[0].name: Required value', '7:4: spec.containers[0].image: Required value'],
    ],
    [
      'a container that is none',
      changed('- name: main\n    image: nginx:1.27', '- main'),
      ['7:5: spec.containers[0]: expected a map, got the string "main"'],
    ],
    [
      'a policy',
      inSpec('restartPolicy: always'),
      [
        '6:18: spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never"',
      ],
    ],
    [
      'a grace period in words',
      inSpec('terminationGracePeriodSeconds: "30"'),
      [
        '6:34: spec.terminationGracePeriodSeconds: expected an integer, got the string "30" (remove the quotes)',
      ],
    ],
    [
      'a broken grace period',
      inSpec('terminationGracePeriodSeconds: 1.5'),
      ['6:34: spec.terminationGracePeriodSeconds: expected an integer, got the number 1.5'],
    ],
    [
      'a grace period of 2⁶³ s',
      inSpec('terminationGracePeriodSeconds: 9223372036854775808'),
      [
        '6:34: spec.terminationGracePeriodSeconds: Invalid value: 9223372036854775808: does not fit int64 ' +
          '(-9223372036854775808 to 9223372036854775807)',
      ],
    ],
    [
      'a boolean in quotes',
      inSpec('hostNetwork: "true"'),
      ['6:16: spec.hostNetwork: expected a boolean, got the string "true" (remove the quotes)'],
    ],
    // Containers
    [
      'a name',
      changed('main', 'Main_1'),
      [`7:11: spec.containers[0].name: Invalid value: "Main_1": ${LABEL_RULE}`],
    ],
    [
      'the same name twice',
      `${BASE}  - {name: main, image: i}\n`,
      ['9:12: spec.containers[1].name: Duplicate value: "main"'],
    ],
    [
      'an image with blanks',
      changed('nginx:1.27', '" nginx"'),
      [
        '8:12: spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace',
      ],
    ],
    [
      'a command that is a string',
      inContainer('command: sleep 1'),
      ['9:14: spec.containers[0].command: expected a list, got the string "sleep 1"'],
    ],
    [
      'arguments that are no strings',
      inContainer('args: [no, 8080, 0400, 1e3, [a], {a: b}, 22:22, 2024-01-01]'),
      [
        '9:12: spec.containers[0].args[0]: expected a string, got the boolean no (YAML 1.1 reads a bare no, off, n as false: quote it)',
        '9:16: spec.containers[0].args[1]: expected a string, got the number 8080 (quote it: "8080")',
        '9:22: spec.containers[0].args[2]: expected a string, got the number 0400 (YAML 1.1 reads it as 256: quote it: "0400")',
        '9:28: spec.containers[0].args[3]: expected a string, got the number 1e3 (quote it: "1e3")',
        '9:33: spec.containers[0].args[4]: expected a string, got a list',
        '9:38: spec.containers[0].args[5]: expected a string, got a map',
      ],
    ],
    [
      'a bare n',
      inContainer('workingDir: n'),
      [
        '9:17: spec.containers[0].workingDir: expected a string, got the boolean n (YAML 1.1 reads a bare no, off, n as false: quote it)',
      ],
    ],
    [
      'a NUL',
      inContainer('args: ["a\\0b"]'),
      ['9:12: spec.containers[0].args[0]: Invalid value: "a\\u0000b": must not contain a NUL character'],
    ],
    [
      'env',
      inContainer('env: [{value: x}, {name: "A=B"}, {name: é}, {name: A, value: 1}]'),
      [
        '9:11: spec.containers[0].env[0].name: Required value',
        `9:30: spec.containers[0].env[1].name: Invalid value: "A=B": ${ENV_RULE}`,
        `9:45: spec.containers[0].env[2].name: Invalid value: "é": ${ENV_RULE}`,
        '9:66: spec.containers[0].env[3].value: expected a string, got the number 1 (quote it: "1")',
      ],
    ],
    [
      'a pull policy',
      inContainer('imagePullPolicy: Sometimes'),
      [
        '9:22: spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    // Ports
    [
      'port numbers',
      inContainer(
        'ports: [{}, {containerPort: 0}, {containerPort: 65536}, {containerPort: -1}, {containerPort: 3000000000}, {containerPort: 1, hostPort: 70000}]',
      ),
      [
        '9:13: spec.containers[0].ports[0].containerPort: Required value',
        '9:33: spec.containers[0].ports[1].containerPort: Required value',
        '9:53: spec.containers[0].ports[2].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive',
        '9:77: spec.containers[0].ports[3].containerPort: Invalid value: -1: must be between 1 and 65535, inclusive',
        '9:98: spec.containers[0].ports[4].containerPort: Invalid value: 3000000000: does not fit int32 (-2147483648 to 2147483647)',
        '9:140: spec.containers[0].ports[5].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'port names',
      inContainer(
        'ports: [{containerPort: 1, name: a}, {containerPort: 2, name: a}, {containerPort: 3, name: "-8--0"}]',
      ),
      [
        '9:67: spec.containers[0].ports[1].name: Duplicate value: "a"',
        '9:96: spec.containers[0].ports[2].name: Invalid value: "-8--0": must contain at least one letter (a-z)',
        '9:96: spec.containers[0].ports[2].name: Invalid value: "-8--0": must not contain consecutive hyphens',
        '9:96: spec.containers[0].ports[2].name: Invalid value: "-8--0": must not begin or end with a hyphen',
      ],
    ],
    [
      'a port name too long, in capitals',
      inContainer('ports: [{containerPort: 1, name: ABCDEFGHIJKLMNOP}]'),
      [
        '9:38: spec.containers[0].ports[0].name: Invalid value: "ABCDEFGHIJKLMNOP": must be no more than 15 bytes',
        '9:38: spec.containers[0].ports[0].name: Invalid value: "ABCDEFGHIJKLMNOP": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        '9:38: spec.containers[0].ports[0].name: Invalid value: "ABCDEFGHIJKLMNOP": must contain at least one letter (a-z)',
      ],
    ],
    [
      'host addresses and protocols',
      inContainer(
        'ports: [{containerPort: 1, hostIP: 1.2.3, protocol: tcp}, {containerPort: 1, hostIP: "fe80::1%eth0"}]',
      ),
      [
        '9:40: spec.containers[0].ports[0].hostIP: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        '9:57: spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
        '9:90: spec.containers[0].ports[1].hostIP: Invalid value: "fe80::1%eth0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'host ports taken by another container',
      `${inContainer('ports: [{containerPort: 1, hostPort: 80}, {containerPort: 2, hostPort: 80, protocol: UDP}]')}  - {name: b, image: i, ports: [{containerPort: 3, hostPort: 80}, {containerPort: 4, hostPort: 80, hostIP: 1.2.3.4}]}\n`,
      ['10:62: spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'another port on the host network',
      `${inSpec('hostNetwork: true')}    ports: [{containerPort: 80, hostPort: 81}]\n`,
      [
        '10:43: spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
      ],
    ],
    [
      'one port twice on the host network',
      `${inSpec('hostNetwork: true')}    ports: [{containerPort: 80}, {containerPort: 80}]\n`,
      ['10:34: spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"'],
    ],
  ])('%s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test('all errors of a file at once, from all its documents, in order', () => {
    const text = `${BASE}---\nname: Bad\ncontainers: [{name: a, image: i, args: [yes]}]\n---\na: [\n`;
    expect(errorsOf(text)).toEqual([
      `10:7: name: Invalid value: "Bad": ${SUBDOMAIN_RULE}`,
      '11:41: containers[0].args[0]: expected a string, got the boolean yes (YAML 1.1 reads a bare yes, on, y as true: quote it)',
      '13:4: not valid YAML: this bracket is never closed',
    ]);
  });

  test('more than a hundred errors are counted', () => {
    const errors = errorsOf(inContainer(`args: [${'1, '.repeat(150)}]`));
    expect(errors).toHaveLength(101);
    expect(errors[100]).toMatch(/: and 50 more errors$/);
  });

  test('nothing from a file reaches a terminal unescaped', () => {
    const controls = '\\e[31m\\u202e\\x9b';
    for (const text of [
      changed('web', `"${controls}"`),
      inSpec(`"${controls}": 1`),
      inMetadata(`labels: {"${controls}": "${controls}"}`),
      changed('Pod', `"${controls}"`),
      changed('apiVersion: v1', `apiVersion: "${controls}"`),
      inContainer(`"${controls}": &a 1\n"${controls}": 2`),
    ]) {
      const errors = errorsOf(text).join('\n');
      expect(errors).toContain('\\u001b[31m\\u202e\\u009b');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(errors).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('notes', () => {
  test('what a server fills in has no effect, and says so', () => {
    const text = `apiVersion: v1
kind: Pod
metadata:
  name: web
  generateName: web-
  creationTimestamp: null
  resourceVersion: "1"
  generation: 1
  selfLink: /x
  managedFields: [{anything: goes}]
  ownerReferences: [{}]
spec:
  containers: [{name: main, image: nginx:1.27, resources: {}}]
status: {phase: Running}
`;
    const file = parse(text);
    if (file.state !== 'accepted') throw new Error('refused');
    expect(podOf(text)).toEqual(podOf(BASE));
    expect(new Set(file.notes.map((note) => `${note.line}:${note.column} ${note.path}`))).toEqual(
      new Set([
        '5:3 metadata.generateName',
        '6:3 metadata.creationTimestamp',
        '7:3 metadata.resourceVersion',
        '8:3 metadata.generation',
        '9:3 metadata.selfLink',
        '10:3 metadata.managedFields',
        '11:3 metadata.ownerReferences',
        '14:1 status',
      ]),
    );
  });

  test('a plain Pod has none', () => {
    expect(parse(BASE)).toMatchObject({ state: 'accepted', notes: [] });
  });
});

describe('documents and lists', () => {
  const flat = (name: string): string => `name: ${name}\ncontainers: [{name: c, image: i}]\n`;

  test('several documents, both forms, empty ones between', () => {
    const text = `# first\n---\n${flat('a')}---\n---\n# nothing\n---\n~\n---\n${BASE}...\n---\n${flat('b')}`;
    expect(objectsOf(text).map(nameAndLine)).toEqual([
      ['Pod', 'a', 3],
      ['Pod', 'web', 11],
      ['Pod', 'b', 21],
    ]);
  });

  test.each(['', '\n\n', '# only\n', '---\n---\n', 'null\n', '\ufeff'])(
    'no object at all (%j) is refused',
    (text) => {
      expect(errorsOf(text)).toEqual([
        expect.stringMatching(/holds no object; to remove its pods delete the file$/),
      ]);
    },
  );

  test.each(['text\n', '- a\n', '1\n', '"kind"\n'])('a document that is no map (%j) is refused', (text) => {
    expect(errorsOf(text)).toEqual([
      expect.stringMatching(
        /^1:1: expected a map with the fields of a Pod or of another object, got a (string|list|number)$/,
      ),
    ]);
  });

  const item =
    '- apiVersion: v1\n  kind: Pod\n  metadata: {name: NAME}\n  spec: {containers: [{name: c, image: IMAGE}]}\n';
  const list = (kind: string, items: string): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {resourceVersion: ""}\nitems:\n${items}`;

  test.each(['List', 'PodList'])('%s', (kind) => {
    const items =
      item.replace('NAME', 'a').replace('IMAGE', 'i') + item.replace('NAME', 'b').replace('IMAGE', 'i');
    expect(objectsOf(list(kind, items)).map(nameAndLine)).toEqual([
      ['Pod', 'a', 5],
      ['Pod', 'b', 9],
    ]);
  });

  test('errors in a list are where the item is', () => {
    const items =
      item.replace('NAME', 'a').replace('IMAGE', 'i') + item.replace('NAME', 'b').replace('IMAGE', '""');
    expect(errorsOf(list('List', items))).toEqual([
      '12:40: items[1].spec.containers[0].image: Required value',
    ]);
  });

  test('the items of a PodList are Pods without saying so; those of a List must say it', () => {
    const items = '- metadata: {name: a}\n  spec: {containers: [{name: c, image: i}]}\n';
    expect(objectsOf(list('PodList', items))).toHaveLength(1);
    expect(errorsOf(list('List', items))).toEqual([
      `5:3: items[0].kind: Object 'Kind' is missing: write "kind: Pod"`,
      `5:3: items[0].apiVersion: Object 'apiVersion' is missing: write "apiVersion: v1"`,
    ]);
  });

  test('an empty list is a file without pods', () => {
    expect(objectsOf(list('List', '  []\n'))).toEqual([]);
  });

  test('what is no Pod in a list', () => {
    expect(
      errorsOf(
        list('List', '- a\n- {apiVersion: v1, kind: List, items: []}\n- {apiVersion: v1, kind: Service}\n'),
      ),
    ).toEqual([
      '5:3: items[0]: expected an object, got a string',
      '6:26: items[1].kind: kind "List" (v1): not supported; tinylet takes Pod, ConfigMap, Secret, PersistentVolumeClaim, RuntimeClass or Namespace, alone or in a List',
      '7:26: items[2].kind: kind "Service" (v1): not supported; tinylet takes Pod, ConfigMap, Secret, PersistentVolumeClaim, RuntimeClass or Namespace, alone or in a List',
    ]);
    expect(errorsOf(list('List', '').replace('items:', 'itens: {}'))).toEqual([
      '4:1: itens: unknown field "itens", did you mean "items"?',
    ]);
  });

  test('one namespace and name twice in a file', () => {
    const text = `${flat('a')}---\n${flat('a')}namespace: other\n---\n${BASE.replace('web', 'a')}`;
    expect(errorsOf(text)).toEqual([
      '11:9: metadata.name: Duplicate value: "default/a": first defined on line 1',
    ]);
  });
});

test('paths of the flat form are those the user wrote', () => {
  expect(
    errorsOf(
      'name: web\nlabels: {a: 1}\ncontainers: [{name: c}]\nspecs: 1\nmetadatas: 1\nschedulingGates: [{name: a}]\n',
    ),
  ).toEqual([
    '2:13: labels.a: expected a string, got the number 1 (quote it: "1")',
    '3:14: containers[0].image: Required value',
    '4:1: specs: unknown field "specs"',
    '5:1: metadatas: unknown field "metadatas"',
    '6:1: schedulingGates: Forbidden: nothing here would ever lift a scheduling gate',
  ]);
});

describe('the document that a Pod is shown by', () => {
  const containers = [{ name: 'a', image: 'b' }];

  test.each<[string, string, object]>([
    [
      'flat',
      '{name: x, labels: {a: b}, containers: [{name: a, image: b}], hostNetwork: yes}',
      { metadata: { name: 'x', labels: { a: 'b' } }, spec: { containers, hostNetwork: true } },
    ],
    [
      'with what has no effect here, without nulls and without its status',
      '{apiVersion: v1, kind: Pod, metadata: {name: x, creationTimestamp: ~, finalizers: [f]}, spec: {nodeSelector: {a: b}, containers: [{name: a, image: b}]}, status: {phase: Running}}',
      { metadata: { name: 'x', finalizers: ['f'] }, spec: { nodeSelector: { a: 'b' }, containers } },
    ],
    [
      'of a PodList',
      '{apiVersion: v1, kind: PodList, items: [{metadata: {name: x}, spec: {containers: [{name: a, image: b}]}}]}',
      { metadata: { name: 'x' }, spec: { containers } },
    ],
    [
      'as YAML is read: aliases, octal numbers, fractions',
      '{name: x, containers: [&c {name: a, image: b}, {<<: *c, name: d, resources: {limits: {cpu: 0.5}}}], securityContext: {fsGroup: 010}, volumes: [{name: v, emptyDir: {}}]}',
      {
        metadata: { name: 'x' },
        spec: {
          containers: [
            { name: 'a', image: 'b' },
            { name: 'd', image: 'b', resources: { limits: { cpu: 0.5 } } },
          ],
          securityContext: { fsGroup: 8 },
          volumes: [{ name: 'v', emptyDir: {} }],
        },
      },
    ],
  ])('%s', (_, text, document) => {
    expect(podWithDocument(text).document).toEqual({ apiVersion: 'v1', kind: 'Pod', ...document });
  });
});
