import { describe, expect, it } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { hasCapability } from '../../../src/standalone/host.ts';
import { checkSocketPath, layoutOf } from '../../../src/standalone/layout.ts';
import { mountPointsUnder } from '../../../src/standalone/mounts.ts';

describe('hasCapability', () => {
  it.each([
    ['CapEff:\t000001ffffffffff', true],
    ['Name:\tnode\nCapEff:\t000001fffeffffff\nCapBnd:\t000001ffffffffff', false],
    ['CapEff:\t0000000001000000', true],
    ['', false],
  ])('%j: %s', (status, expected) => {
    expect(hasCapability(status, 24n)).toBe(expected);
  });
});

describe('layoutOf', () => {
  it('keeps everything under the root directory but a socket put elsewhere', () => {
    const { rootDir, bridge, socket, ...paths } = layoutOf('/var/lib/tinylet', '/run/x.sock');
    expect(Object.values(paths).filter((path) => !path.startsWith(`${rootDir}/`))).toEqual([]);
    expect(socket).toBe('/run/x.sock');
    expect(layoutOf('/var/lib/tinylet').socket).toBe('/var/lib/tinylet/containerd/containerd.sock');
  });

  it('names a bridge that the kernel takes, one per root directory', () => {
    const names = ['/a', '/b', '/var/lib/tinylet'].map((root) => layoutOf(root).bridge);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^tl-[0-9a-f]{8}$/);
  });
});

describe('checkSocketPath', () => {
  it.each([
    [`/${'d'.repeat(99)}`, undefined],
    [`/${'d'.repeat(100)}`, 'has 101 bytes'],
    [`/${'ü'.repeat(50)}`, 'has 101 bytes'],
    ['/run/containerd/containerd.sock', "the system's containerd"],
    ['/var/run/containerd/x.sock', "the system's containerd"],
    ['/run/tinylet/containerd.sock', undefined],
  ])('%s', (socket, problem) => {
    if (problem === undefined) return checkSocketPath(socket);
    expect(() => checkSocketPath(socket)).toThrow(TinyletError);
    expect(() => checkSocketPath(socket)).toThrow(problem);
  });
});

describe('mountPointsUnder', () => {
  const mountinfo = [
    '22 27 0:21 / /proc rw - proc proc rw',
    '40 27 0:30 / /r/state/a rw - overlay overlay rw',
    '41 40 0:31 / /r/state/a/b rw - tmpfs tmpfs rw',
    '42 27 0:32 / /r/stateful rw - tmpfs tmpfs rw',
    '43 27 0:33 / /r/state/with\\040blank rw - tmpfs tmpfs rw',
    '44 27 0:34 / /r/root rw - tmpfs tmpfs rw',
    '',
  ].join('\n');

  it('finds what lies below, the latest first, and nothing beside', () => {
    expect(mountPointsUnder(mountinfo, ['/r/state', '/r/root'])).toEqual([
      '/r/root',
      '/r/state/with blank',
      '/r/state/a/b',
      '/r/state/a',
    ]);
  });
});
