import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LogFields, silentLogger, systemClock } from '../../../src/base/index.ts';
import { createNodeCredentials } from '../../../src/images/index.ts';
import { freshHelpers } from './docker-credential-programs.ts';

const helpers = freshHelpers();
const file = (): string => join(helpers.path, 'config.json');
const put = (config: unknown): Promise<void> => writeFile(file(), JSON.stringify(config));
const image = { host: 'r.test', path: 'app' };
const alice = { username: 'alice', password: 'a' };
const bob = { username: 'bob', password: 'b' };

function nodeCredentials() {
  const warnings: LogFields[] = [];
  const logger = { ...silentLogger, warn: (fields: LogFields) => void warnings.push(fields) };
  return { ...createNodeCredentials({ file: file(), clock: systemClock, logger }), warnings };
}

test('without a file there is nothing', async () => {
  const none = createNodeCredentials({ clock: systemClock, logger: silentLogger });
  expect(await none.credentialsFor(image)).toEqual({ candidates: [], problems: [] });
});

test('the file is read anew when it has changed', async () => {
  const { credentialsFor, warnings } = nodeCredentials();
  await put({ auths: { 'r.test': alice, 'other.test': bob } });
  expect(await credentialsFor(image)).toEqual({ candidates: [alice], problems: [] });
  await put({ auths: { 'r.test': { auth: btoa('bob:b') } } });
  expect(await credentialsFor(image)).toEqual({ candidates: [bob], problems: [] });
  expect(warnings).toEqual([]);
});

test('one that is missing or broken is told each time and logged once, without its content', async () => {
  const { credentialsFor, warnings } = nodeCredentials();
  const missing = 'there is no such file';
  expect(await credentialsFor(image)).toEqual({ candidates: [], problems: [`${file()}: ${missing}`] });
  await credentialsFor(image);
  await writeFile(file(), '{"auths": {"r.test": {"auth": "hunter2');
  const broken = 'it is not valid JSON';
  expect(await credentialsFor(image)).toEqual({ candidates: [], problems: [`${file()}: ${broken}`] });
  await credentialsFor(image);
  expect(warnings).toEqual([
    { file: file(), err: missing },
    { file: file(), err: broken },
  ]);
});

test('one that cannot be read', async () => {
  const { credentialsFor } = createNodeCredentials({
    file: helpers.path,
    clock: systemClock,
    logger: silentLogger,
  });
  expect(await credentialsFor(image)).toEqual({
    candidates: [],
    problems: [expect.stringContaining('EISDIR')],
  });
});

/** A helper that answers with the registry it was asked for as the password. */
const echo = (user: string): string => `echo "{\\"Username\\":\\"${user}\\",\\"Secret\\":\\"$(cat)\\"}"`;

test.each([
  [
    "the registry's own helper",
    'r.test',
    { credHelpers: { 'r.test': 'own' }, credsStore: 'all' },
    'own',
    'r.test',
  ],
  ['the helper for all', 'r.test', { credHelpers: { 'x.test': 'own' }, credsStore: 'all' }, 'all', 'r.test'],
  ["docker's registry", 'docker.io', { credsStore: 'all' }, 'all', 'https://index.docker.io/v1/'],
  [
    "docker's registry by its address",
    'docker.io',
    { credHelpers: { 'https://index.docker.io/v1/': 'own' } },
    'own',
    'https://index.docker.io/v1/',
  ],
  [
    "docker's registry by its name",
    'docker.io',
    { credHelpers: { 'docker.io': 'own' } },
    'own',
    'https://index.docker.io/v1/',
  ],
])('%s is asked', async (_, host, config, username, password) => {
  await helpers.add('own', echo('own'));
  await helpers.add('all', echo('all'));
  await put(config);
  expect(await nodeCredentials().credentialsFor({ host, path: 'app' })).toEqual({
    candidates: [{ username, password }],
    problems: [],
  });
});

test('what a helper keeps comes before what stands in the file; a helper that fails costs only itself', async () => {
  await helpers.add('own', echo('own'));
  await put({ auths: { 'r.test': alice }, credHelpers: { 'r.test': 'own' } });
  const { credentialsFor, warnings } = nodeCredentials();
  expect((await credentialsFor(image)).candidates).toEqual([{ username: 'own', password: 'r.test' }, alice]);
  await rm(join(helpers.path, 'docker-credential-own'));
  const problem = 'docker-credential-own is not in PATH';
  expect(await credentialsFor(image)).toEqual({ candidates: [alice], problems: [problem] });
  expect(warnings).toEqual([{ file: file(), registry: 'r.test', err: problem }]);
});
