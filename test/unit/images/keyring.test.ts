import { describe, expect, test } from 'vitest';
import { matchingCredentials } from '../../../src/images/keyring.ts';
import { repositoryOf } from '../../../src/images/reference.ts';

/** The keys of the entries that are for an image, in the order they are tried. */
function matching(image: string, ...registries: string[]): readonly (string | undefined)[] {
  const repository = repositoryOf(image);
  if (repository === undefined) throw new Error(`${image} is no reference`);
  const entries = registries.map((registry) => ({ registry, auth: { username: registry } }));
  return matchingCredentials(entries, repository).map(({ username }) => username);
}

describe('an entry is for an image, or not', () => {
  test.each<[string, string, boolean]>([
    // Its very host.
    ['r.test/app', 'r.test', true],
    ['r.test/app:1', 'r.test', true],
    ['evilr.test/app', 'r.test', false],
    ['r.test.evil/app', 'r.test', false],
    ['sub.r.test/app', 'r.test', false],
    ['r.test/app', 'sub.r.test', false],
    ['evil.test/r.test/app', 'r.test', false],
    // Its very port.
    ['r.test:5000/app', 'r.test:5000', true],
    ['r.test:5000/app', 'r.test', false],
    ['r.test/app', 'r.test:5000', false],
    ['r.test:5000/app', 'r.test:500', false],
    ['[::1]:5000/app', '[::1]:5000', true],
    ['[::1]:5000/app', '[::2]:5000', false],
    ['[::1]/app', '[::1]', true],
    ['localhost/app', 'localhost', true],
    // As docker writes addresses.
    ['r.test/app', 'https://r.test', true],
    ['r.test/app', 'http://r.test/', true],
    ['r.test/app', 'https://r.test/v1/', true],
    ['r.test/app', 'https://r.test/v2/', true],
    ['r.test/app', 'https://r.test/v2/other', false],
    ['r.test/app', 'https://r.test/v2/app', true],
    ['r.test/app', 'https://user@r.test/app?x=y', true],
    ['r.test/app', 'ftp://r.test', false],
    // A path.
    ['r.test/team/app', 'r.test/team', true],
    ['r.test/team/app', 'r.test/team/', true],
    ['r.test/team/app', 'r.test/team/app', true],
    ['r.test/team/app', 'r.test/other', false],
    ['r.test/app', 'r.test/team', false],
    ['r.test/teams/app', 'r.test/team', true],
    // Stars and their like stand for parts between dots.
    ['a.r.test/app', '*.r.test', true],
    ['a.b.r.test/app', '*.r.test', false],
    ['r.test/app', '*.r.test', false],
    ['a.b.r.test/app', '*.*.r.test', true],
    ['abc.r.test/app', 'a*c.r.test', true],
    ['ac.r.test/app', 'a*c.r.test', true],
    ['acx.r.test/app', 'a*c.r.test', false],
    ['abcabd.r.test/app', 'a*bd.r.test', true],
    ['a1.r.test/app', 'a?.r.test', false],
    ['a1.r.test/app', 'a[0-9].r.test', true],
    ['ab.r.test/app', 'a[0-9].r.test', false],
    ['ab.r.test/app', 'a[^0-9].r.test', true],
    ['ax.r.test/app', 'a[xyz].r.test', true],
    ['a1.r.test/app', 'a[0-9.r.test', false],
    ['a.r.test:1/app', '*.r.test:1', true],
    ['a.r.test:1/app', '*.r.test:*', false],
    ['r.test/app', '*', false],
    ['localhost/app', '*', true],
    ['r.test/app', '', false],
    // Docker's own registry has several names.
    ['app', 'https://index.docker.io/v1/', true],
    ['app', 'index.docker.io', true],
    ['team/app', 'index.docker.io', true],
    ['docker.io/app', 'index.docker.io', true],
    ['index.docker.io/team/app', 'index.docker.io', true],
    ['app', 'docker.io', true],
    ['app', 'docker.io/library', true],
    ['team/app', 'docker.io/library', false],
    ['app', 'index.docker.io/team', false],
    ['app', 'registry-1.docker.io', false],
    ['r.test/app', 'index.docker.io', false],
    ['localhost/app', 'index.docker.io', false],
  ])('%s, %j: %s', (image, registry, matches) => {
    expect(matching(image, registry)).toEqual(matches ? [registry] : []);
  });
});

test('of several the longer and more exact come first, equal ones as they stand', () => {
  expect(
    matching('a.r.test/team/app', '*.r.test', 'a.r.test', 'b.r.test', 'a.r.test/team', 'a.r.test/te'),
  ).toEqual(['a.r.test/team', 'a.r.test/te', 'a.r.test', '*.r.test']);
  expect(matching('r.test/app', 'https://r.test', 'r.test', 'http://r.test')).toEqual([
    'https://r.test',
    'r.test',
    'http://r.test',
  ]);
});

test("docker's own name counts only where no other entry is for the image", () => {
  expect(matching('app', 'index.docker.io', 'docker.io')).toEqual(['docker.io']);
});

test('no pattern takes long', () => {
  const pattern = `${'*a'.repeat(100)}b.r.test`;
  expect(matching(`${'a'.repeat(200)}.r.test/app`, pattern)).toEqual([]);
});
