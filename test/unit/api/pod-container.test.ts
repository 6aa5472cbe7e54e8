import { expect, test } from 'vitest';
import { containerOf } from '../../../src/api/pod-container.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
const annotated = (container: string) => ({
  annotations: { 'kubectl.kubernetes.io/default-container': container },
});

const pod = (spec: object, metadata: object = {}) => ({
  metadata: { name: 'x', ...metadata },
  spec: { ...spec },
});
const two = { containers: named('a', 'b') };
const all = { ...two, initContainers: named('i', 'j'), ephemeralContainers: named('e') };

test.each([
  ['the only one', pod({ containers: named('a') }), '', 'a'],
  ['the only regular one', pod({ ...all, containers: named('a') }), '', 'a'],
  ['the one that is named', pod(two), 'b', 'b'],
  ['an init container', pod(all), 'j', 'j'],
  ['an ephemeral one', pod(all), 'e', 'e'],
  ['the default', pod(two, annotated('b')), '', 'b'],
  ['the one that is named, not the default', pod(two, annotated('b')), 'a', 'a'],
])('%s', (_, object, asked, expected) => {
  expect(containerOf(object, asked)).toBe(expected);
});

test.each([
  ['two', pod(two), '', 'a container name must be specified for pod x, choose one of: [a b]'],
  [
    'all kinds',
    pod(all),
    '',
    'a container name must be specified for pod x, choose one of: [a b] or one of the init containers: [i j] or one of the ephemeral containers: [e]',
  ],
  [
    'a default that is not there',
    pod(two, annotated('c')),
    '',
    'a container name must be specified for pod x, choose one of: [a b]',
  ],
  ['a name that is not there', pod(two), 'c', 'container c is not valid for pod x'],
])('%s: refused in the words of Kubernetes', (_, object, asked, message) => {
  expect(() => containerOf(object, asked)).toThrow(
    expect.objectContaining({ reason: 'BadRequest', message }),
  );
});
