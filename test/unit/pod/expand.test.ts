import { expect, test } from 'vitest';
import { expand, namesIn } from '../../../src/pod/expand.ts';

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

test.each([
  ['plain', []],
  ['$(A)/$(B)-$(A)', ['A', 'B']],
  ['$$(A) $ $(B', []],
  ['$(odd name)$()', ['odd name', '']],
])('%s refers to %j', (text, names) => {
  expect([...namesIn(text)]).toEqual(names);
});
