import { expect, test } from 'vitest';
import { socketPathOf } from '../../../src/cri/endpoint.ts';

test.each([
  ['/run/containerd/containerd.sock', '/run/containerd/containerd.sock'],
  ['unix:///run/containerd/containerd.sock', '/run/containerd/containerd.sock'],
  [`/${'a'.repeat(106)}`, `/${'a'.repeat(106)}`],
])('%s is the socket %s', (endpoint, path) => {
  expect(socketPathOf(endpoint)).toBe(path);
});

test.each([
  ['tcp://localhost:1234', 'must be the path of a Unix socket'],
  ['run/containerd.sock', 'must be the path of a Unix socket'],
  ['unix://run/containerd.sock', 'must be the path of a Unix socket'],
  ['', 'must be the path of a Unix socket'],
  [`/${'a'.repeat(107)}`, 'has 108 bytes and Linux allows 107'],
  [`/${'ä'.repeat(54)}`, 'has 109 bytes'],
])('%s is refused', (endpoint, words) => {
  expect(() => socketPathOf(endpoint)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(words) }),
  );
});
