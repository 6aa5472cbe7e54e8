import { expect, test } from 'vitest';
import { expand, expandEnv, namesIn } from '../../../src/pod/expand.ts';

const variables = new Map([
  ['A', 'a'],
  ['B', '$(A)'],
  ['EMPTY', ''],
  ['odd name', 'o'],
]);

// kubelet: third_party/forked/golang/expansion/expand.go
test.each([
  ['$(A)', 'a'],
  ['x$(A)y$(A)', 'xaya'],
  ['$(EMPTY)', ''],
  ['$(odd name)', 'o'],
  ['$(MISSING)', '$(MISSING)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$a'],
  ['$$$$(A)', '$$(A)'],
  ['$(B)', '$(A)'],
  ['$A', '$A'],
  ['$(A', '$(A'],
  ['$()', '$()'],
  ['a$', 'a$'],
  ['$$', '$'],
  ['', ''],
])('%j becomes %j', (text, expected) => {
  expect(expand(text, variables)).toBe(expected);
});

test('a variable sees those before it, and a later one of the same name wins', () => {
  const env = [
    { name: 'LATE', value: '$(A)' },
    { name: 'A', value: '1' },
    { name: 'B', value: '$(A)$(LATE)' },
    { name: 'A', value: '$(A)2' },
  ];
  expect([...expandEnv(env)]).toEqual([
    ['LATE', '$(A)'],
    ['A', '12'],
    ['B', '1$(A)'],
  ]);
});

test.each([
  ['plain', []],
  ['$(A)/$(B)-$(A)', ['A', 'B']],
  ['$$(A) $ $(B', []],
  ['$(odd name)$()', ['odd name', '']],
])('%s refers to %j', (text, names) => {
  expect([...namesIn(text)]).toEqual(names);
});
