import { expect, test } from 'vitest';
import { nearestWord } from '../../../src/manifest/nearest-word.ts';

const FIELDS = ['name', 'image', 'command', 'args', 'workingDir', 'imagePullPolicy', 'tty'];

test.each([
  ['nmae', 'name'],
  ['NAME', 'name'],
  ['comand', 'command'],
  ['commnads', 'command'],
  ['imagepullpolicy', 'imagePullPolicy'],
  ['workdir', undefined],
  ['arg', 'args'],
  ['ttt', 'tty'],
  ['xxy', undefined],
  // The only one that ends with it, and long enough to mean something.
  ['dir', 'workingDir'],
  ['policy', 'imagePullPolicy'],
  ['', undefined],
  ['n'.repeat(100_000), undefined],
])('%s is probably %s', (word, expected) => {
  expect(nearestWord(word, FIELDS)).toBe(expected);
});
