import { describe, expect, test } from 'vitest';
import { resolvePlainScalar } from '../../../src/manifest/yaml-scalar.ts';
import { errorsOf, objectsOf, podOf } from './parse.ts';

const pod = (fields: string): string => `name: web\ncontainers: [{name: c, image: i}]\n${fields}`;

describe('plain scalars as go-yaml 2 reads them', () => {
  const table: [unknown, string[]][] = [
    [null, ['', '~', 'null', 'Null', 'NULL']],
    [true, ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']],
    [false, ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']],
    [256n, ['0400', '0x100', '0X100', '0o400', '0b100000000', '256', '+256', '2_56', '0x1_00']],
    [-8n, ['-010', '-0b1000', '-8', '-0x8']],
    [0n, ['0', '-0', '00', '0x0']],
    [2n ** 64n - 1n, ['18446744073709551615', '0xffffffffffffffff']],
    [-(2n ** 63n), ['-9223372036854775808']],
    [1000, ['1e3', '1E+3', '1000.', '1.0e3']],
    [2 ** 64, ['18446744073709551616']],
    [0.5, ['.5', '0.5', '+.5', '5e-1']],
    // An octal number with an 8 is none, and falls through to a float.
    [89, ['089']],
    [Number.POSITIVE_INFINITY, ['.inf', '+.INF']],
    [Number.NEGATIVE_INFINITY, ['-.Inf']],
    [Number.NaN, ['.nan', '.NaN', '.NAN']],
  ];
  test.each(table.flatMap(([value, sources]) => sources.map((source) => [source, value])))(
    '%s',
    (source, value) => {
      const scalar = resolvePlainScalar(String(source), 0);
      expect('value' in scalar ? scalar.value : null).toBe(value);
      expect(scalar.kind).not.toBe('string');
    },
  );

  test.each([
    ...['yEs', 'nULL', 'tRue', 'oN', 'Nope', 'nan', 'inf', 'TrUE', '<<'],
    ...[
      '22:22',
      '1:30:00',
      '2024-01-01',
      '2024-01-01T00:00:00Z',
      '1.2.3',
      '0x',
      '0b2',
      '0xg',
      '1e',
      '+',
      '-',
      '.',
      '..',
      '_1',
    ],
    ...['1e400', '-1e400', '0o8', '1__a', '0x1.8', '.5_0'],
  ])('%s is a string', (source) => {
    expect(resolvePlainScalar(source, 0)).toEqual({ kind: 'string', offset: 0, value: source });
  });
});

describe('the text', () => {
  test('CRLF, BOM, tabs in JSON', () => {
    const plain = podOf(pod('labels: {a: b}'));
    expect(podOf(`\ufeff${pod('labels: {a: b}')}`.replaceAll('\n', '\r\n'))).toEqual(plain);
    const json =
      '{\n\t"name":\t"web",\n\t"containers": [{"name": "c", "image": "i"}],\n\t"labels": {"a": "b"}\n}';
    expect(podOf(json)).toEqual(plain);
  });

  test('columns do not count the BOM, and lines end with CRLF', () => {
    expect(errorsOf('\ufeffnam: web\r\ncontainers: [{name: c, image: i}]\r\n b: 1')[0]).toMatch(/^3:/);
    expect(errorsOf('\ufeffnam: web\r\nname: web\r\ncontainers: [{name: c, image: i}]')).toEqual([
      '1:1: nam: unknown field "nam", did you mean "name"?',
    ]);
  });

  test('block scalars and escapes', () => {
    const text = pod(
      "annotations:\n  a: |\n    one\n    two\n  b: >-\n    one\n    two\n  c: \"\\u00e9\\ud83d\\ude00\\/\"\n  d: 'it''s'",
    );
    expect(podOf(text).metadata.annotations).toEqual({ a: 'one\ntwo\n', b: 'one two', c: 'é😀/', d: "it's" });
  });

  test.each([
    ['a: b\0', '1:5: a NUL character is not allowed in a manifest'],
    ['a: b\nc: \u001b', '2:4: the control character U+001b is not allowed in a manifest'],
    ['a: "\u009b"', '1:5: the control character U+009b is not allowed in a manifest'],
  ])('control characters are refused: %j', (text, error) => {
    expect(errorsOf(text)).toEqual([error]);
  });

  test.each([
    'a: [',
    'a: "b',
    'a: b: c',
    'a:\n\tb: 1',
    '- a\nb',
    'a: @b',
    '{"name":"a"}{"name":"b"}',
    'a: &b',
    '}',
  ])('broken YAML gives a place: %j', (text) => {
    const errors = errorsOf(text);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(/^\d+:\d+: /);
  });
});

describe('aliases, merge keys, tags', () => {
  test('aliases and merge keys', () => {
    const text = `name: web
containers:
- &base
  name: a
  image: i
  command: &command [x, "y"]
- <<: *base
  name: b
  args: *command
- <<: [{image: first}, *base]
  name: c
`;
    expect(podOf(text).spec.containers).toMatchObject([
      { name: 'a', image: 'i', command: ['x', 'y'], args: [] },
      { name: 'b', image: 'i', command: ['x', 'y'], args: ['x', 'y'] },
      { name: 'c', image: 'first', command: ['x', 'y'] },
    ]);
  });

  test('a later anchor takes the name over, and an alias means the one above it', () => {
    const text = pod('annotations: {a: &x one, b: *x, c: &x two, d: *x}');
    expect(podOf(text).metadata.annotations).toEqual({ a: 'one', b: 'one', c: 'two', d: 'two' });
  });

  test('an error in shared text is told for each use, at the text', () => {
    const text =
      'name: web\ncontainers:\n- {name: a, image: i, args: &a [1]}\n- {name: b, image: i, args: *a}\n';
    expect(errorsOf(text)).toEqual([
      '3:33: containers[0].args[0]: expected a string, got the number 1 (quote it: "1")',
      '3:33: containers[1].args[0]: expected a string, got the number 1 (quote it: "1")',
    ]);
  });

  test.each([
    [
      'labels: *none',
      '3:9: labels: no anchor of this name is defined above; quote a value that begins with *',
    ],
    ['labels: &a {b: *a}', '3:16: labels.b: the anchor of this alias contains it'],
    ['labels: {<<: x}', '3:14: labels.<<: a merge takes a map or a list of maps'],
    [
      'labels: {<<: {a: b}, <<: {c: d}}',
      '3:22: labels[<<]: duplicate field "labels[<<]": first set on line 3',
    ],
    ['labels: {[a]: b}', '3:10: labels: a key must be a string'],
    ['labels: {~: b}', '3:10: labels: a key must be a string'],
    ['labels: !mine {}', '3:15: labels: a tag that is not supported; quote a value that begins with !'],
    ['labels: {a: !!binary aGk=}', '3:22: labels.a: tag "!!binary" is not supported here'],
    [
      'labels: {a: !!python/object x}',
      '3:29: labels.a: a tag that is not supported; quote a value that begins with !',
    ],
    ['labels: {a: !!int x}', '3:19: labels.a: the value does not fit its tag !!int'],
    ['labels: !!seq {}', '3:15: labels: tag "!!seq" is not supported here'],
  ])('%s', (fields, error) => {
    expect(errorsOf(pod(fields))).toContain(error.replace('labels.<<', 'labels[<<]'));
  });

  test('tags of the core may say what a scalar is', () => {
    expect(
      podOf(pod('labels: !!map {a: !!str 1, b: ! 2}\nhostNetwork: !!bool "yes"')).metadata.labels,
    ).toEqual({
      a: '1',
      b: '2',
    });
  });

  test('keys are spelt as Kubernetes spells them: on is true, 010 is 8', () => {
    expect(podOf(pod('labels: {on: a, 010: b, 1.5: c, "no": d}')).metadata.labels).toEqual({
      true: 'a',
      8: 'b',
      1.5: 'c',
      no: 'd',
    });
  });

  test('keys of Object.prototype are keys like others', () => {
    expect(podOf(pod('labels: {constructor: a, toString: b, hasOwnProperty: c}')).metadata.labels).toEqual(
      Object.fromEntries([
        ['constructor', 'a'],
        ['toString', 'b'],
        ['hasOwnProperty', 'c'],
      ]),
    );
    const errors = errorsOf(pod('labels: {__proto__: {polluted: "yes"}}\n__proto__: {hostNetwork: true}'));
    expect(errors).toHaveLength(3);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('hostile texts are refused at once', () => {
  const MB = 1024 * 1024;
  const fill = (text: string): string => text.repeat(Math.ceil(MB / text.length)).slice(0, MB);
  // Some take a third of a second on an idle machine. What this must catch is minutes, or the end of the process.
  const LIMIT_MS = 5_000;

  test.each([
    ['open brackets', fill('['), /tokens: split the file/],
    ['open brackets, few', '['.repeat(20_000), /nested more than 64 levels deep/],
    ['open braces', fill('{a: '), /tokens: split the file/],
    ['nested sequences', fill('- ').slice(0, 200_000), /nested more than 64 levels deep/],
    [
      'nested maps',
      Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      /nested more than 64/,
    ],
    ['nested keys', '? '.repeat(20_000), /nested more than 64 levels deep/],
    ['closing brackets', fill(']').slice(0, 300_000), /not valid YAML/],
    ['quotes at the ends of lines', fill('"\n'), /not valid YAML/],
    ['apostrophes without end', fill("'\n").slice(1), /not valid YAML/],
    [
      'one long text of escapes',
      pod(`labels: {a: "${"\\'\\\n\n".repeat(MB / 5)}"}`),
      /no more than 63 bytes/,
    ],
    ['one long text of apostrophes', pod(`labels: {a: '${"''\n".repeat(MB / 3)}'}`), /no more than 63 bytes/],
    ['dashes in brackets', `a: [${fill('-,')}]`, /tokens: split the file/],
    ['lines in brackets', `a: [${fill('\n')}]`, /tokens: split the file/],
    ['a bracket that is never closed', `a: [${fill('b\n')}`, /this bracket is never closed/],
    ['aliases', `a: &a x\nb: [${fill('*a, ')}]`, /more than 10000 aliases/],
    ['anchors', fill('&a '), /more than 10000 anchors/],
    ['tags', fill('!!str '), /more than 10000 tags/],
    ['directives', fill('%a\n'), /more than 100 directives/],
    ['documents', fill('---\n'), /more than 10000 documents/],
    ['one key again and again', fill('duplicate_key: 1\n'), /first set on line 1/],
    ['different keys', Array.from({ length: 60_000 }, (_, i) => `key${i}: 1\n`).join(''), /unknown field/],
    ['one long number', `name: ${fill('9')}`, /no more than 253 bytes/],
    ['one long name', pod('').replace('web', fill('a-')), /no more than 253 bytes/],
    ['one long label', pod(`labels: {a: "${fill('a-')}"}`), /no more than 63 bytes/],
    [
      'a chain of merges',
      `a0: &a0 {x: 1}\n${Array.from({ length: 5_000 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, k${i}: 1}\n`).join('')}`,
      /aliases expand to more than 20000 values/,
    ],
    [
      'a deep chain of aliases',
      `a0: &a0 []\n${Array.from({ length: 200 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join('')}`,
      /nested more than 64 levels deep/,
    ],
    [
      'a billion laughs',
      `a0: &a0 [x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`).join('')}`,
      /aliases expand to more than 20000 values/,
    ],
    [
      'a billion containers',
      `x: &x [a, a, a, a, a, a, a, a, a, a]\ncontainers: &c [${'{args: *x}, '.repeat(3_000)}]\n`,
      /aliases expand to more than 20000 values/,
    ],
  ])('%s', (_, text, error) => {
    // CPU time, not time passed: other work on the machine is not this text's fault.
    const before = process.cpuUsage();
    const errors = errorsOf(text);
    const spent = process.cpuUsage(before);
    expect((spent.user + spent.system) / 1000).toBeLessThan(LIMIT_MS);
    expect(errors.join('\n')).toMatch(error);
    expect(errors.length).toBeLessThanOrEqual(101);
  });

  test('a large honest file is fine', () => {
    const text = Array.from(
      { length: 1_000 },
      (_, i) =>
        `---\nname: pod-${i}\ncontainers:\n- name: main\n  image: registry.example.com/app:1\n  args: [a, "b"]\n`,
    ).join('');
    expect(objectsOf(text)).toHaveLength(1_000);
  });
});
