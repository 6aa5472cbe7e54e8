import { expect, test } from 'vitest';
import { mountAt, parseMountInfo, pointsWithin } from '../../../src/volumes/mount-table.ts';

const table = parseMountInfo(`22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:30 / /r/pods/u/volumes/a rw shared:1 master:2 - tmpfs tmpfs rw,size=4k
41 40 0:31 / /r/pods/u/volumes/a/b rw - tmpfs tmpfs rw
42 27 254:0 /x /r/pods/u/with\\040blank\\134 rw - ext4 /dev/vda rw
43 40 0:32 / /r/pods/u/volumes/a rw - hugetlbfs nodev rw,pagesize=2M
44 27 0:33 / /r/pods/u2 rw - tmpfs tmpfs rw
`);

test('points are read with blanks and backslashes, types behind optional fields', () => {
  expect(table.map(({ point, type }) => `${type} ${point}`)).toEqual([
    'proc /proc',
    'ext4 /',
    'tmpfs /r/pods/u/volumes/a',
    'tmpfs /r/pods/u/volumes/a/b',
    'ext4 /r/pods/u/with blank\\',
    'hugetlbfs /r/pods/u/volumes/a',
    'tmpfs /r/pods/u2',
  ]);
});

test('of several mounts at one point the last is seen', () => {
  expect(mountAt(table, '/r/pods/u/volumes/a')?.type).toBe('hugetlbfs');
  expect(mountAt(table, '/r/pods')).toBeUndefined();
});

test('points within a directory come deepest first, each mount for itself', () => {
  expect(pointsWithin(table, '/r/pods/u')).toEqual([
    '/r/pods/u/volumes/a/b',
    '/r/pods/u/volumes/a',
    '/r/pods/u/volumes/a',
    '/r/pods/u/with blank\\',
  ]);
  expect(pointsWithin(table, '/r/pods/u2')).toEqual(['/r/pods/u2']);
});
