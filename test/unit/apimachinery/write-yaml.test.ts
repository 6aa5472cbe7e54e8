import { expect, test } from 'vitest';
import { readYaml } from '../../../src/apimachinery/body/read-yaml.ts';
import { writeYaml } from '../../../src/apimachinery/index.ts';
import type { JsonValue } from '../../../src/base/index.ts';

const hasTab = (text: string): boolean => text.includes('\t');

test('an object reads as kubectl writes it', () => {
  const object = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'c', creationTimestamp: '2026-01-01T00:00:00Z', labels: {} },
    list: [
      { name: 'a', args: ['-c', 'true', ''] },
      { name: 'b', count: 3, none: null, list: [] },
    ],
    data: { lines: 'a\n  b\n', code: 'if x:\n\ty' },
  };
  expect(writeYaml(object, hasTab)).toBe(`apiVersion: v1
data:
  code: "if x:\\n\\ty"
  lines: |
    a
      b
kind: ConfigMap
list:
- args:
  - -c
  - "true"
  - ""
  name: a
- count: 3
  list: []
  name: b
  none: null
metadata:
  creationTimestamp: "2026-01-01T00:00:00Z"
  labels: {}
  name: c
`);
});

test.each<[JsonValue]>([
  ...[
    'yes',
    'y',
    'on',
    '1',
    '017',
    '0o17',
    '0x1f',
    '1e3',
    '.5',
    '1:30',
    '1_000',
    '~',
    'null',
    '2001-01-01',
    ' a',
  ].map((text): [JsonValue] => [text]),
  ...[
    'a: b',
    'a #b',
    '- a',
    '<<',
    '=',
    '@a',
    '%a',
    '\u001b[31m',
    'a\n\n',
    '\n',
    'a\tb',
    `${'x '.repeat(200)}`,
  ].map((text): [JsonValue] => [text]),
])('%j is read as what it was', (value) => {
  const object = { value, list: [value], ...(typeof value === 'string' && value !== '<<' && { [value]: 1 }) };
  expect(readYaml(writeYaml(object, hasTab)).value).toEqual(object);
});
