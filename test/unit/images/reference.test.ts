import { expect, test } from 'vitest';
import { parseReference, pullName } from '../../../src/images/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['app', { name: 'app' }],
  ['app:1.2', { name: 'app', tag: '1.2' }],
  ['library/app', { name: 'library/app' }],
  ['localhost/app:dev', { name: 'localhost/app', tag: 'dev' }],
  ['host:5000/app', { name: 'host:5000/app' }],
  ['host:5000/app:tag', { name: 'host:5000/app', tag: 'tag' }],
  ['[fd00::1]:5000/app:x', { name: '[fd00::1]:5000/app', tag: 'x' }],
  ['Example.COM/app', { name: 'Example.COM/app' }],
  ['example.com/a/b/c_d__e-f--g.h', { name: 'example.com/a/b/c_d__e-f--g.h' }],
  [`app@${digest}`, { name: 'app', digest }],
  [`app:1@${digest}`, { name: 'app', tag: '1', digest }],
  [`a:${'t'.repeat(128)}`, { name: 'a', tag: 't'.repeat(128) }],
])('%s is a reference', (text, reference) => {
  expect(parseReference(text)).toEqual(reference);
});

test.each([
  ['nothing', ''],
  ['upper case in the path', 'example.com/App'],
  ['upper case in a bare name', 'App'],
  ['an empty component', 'a//b'],
  ['a slash at the end', 'a/'],
  ['an empty tag', 'app:'],
  ['a tag that begins with a dot', 'app:.x'],
  ['a tag of 129 characters', `a:${'t'.repeat(129)}`],
  ['three underscores', 'a___b'],
  ['a separator at the end of a component', 'a-/b'],
  ['two digests', `app@${digest}@${digest}`],
  ['a digest without its algorithm', `app@${'a'.repeat(64)}`],
  ['a short digest', 'app@sha256:abc'],
  ['a space', 'app :1'],
  ['a scheme', 'https://example.com/app'],
  ['a name of 256 characters', 'a'.repeat(256)],
  ['a port that is no number', 'host:port/app'],
])('%s makes no reference', (_case, text) => {
  expect(parseReference(text)).toBeUndefined();
  expect(pullName(text)).toBeUndefined();
});

test.each([
  ['app', 'app:latest'],
  ['host:5000/app', 'host:5000/app:latest'],
  ['app:1', 'app:1'],
  [`app@${digest}`, `app@${digest}`],
  [`app:1@${digest}`, `app:1@${digest}`],
])('%s is pulled as %s (kubelet: applyDefaultImageTag)', (text, name) => {
  expect(pullName(text)).toBe(name);
});
