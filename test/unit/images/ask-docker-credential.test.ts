import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/base/index.ts';
import { askDockerCredential } from '../../../src/images/ask-docker-credential.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { freshHelpers } from './docker-credential-programs.ts';

const helpers = freshHelpers();
const ask = (name = 'test', registry = 'r.test') => askDockerCredential(name, registry, systemClock);
const saying = (answer: unknown): string => `cat >/dev/null; echo '${JSON.stringify(answer)}'`;

test('the registry goes in, credentials come out', async () => {
  await helpers.add(
    'test',
    `[ "$*" = get ] && cat >"$(dirname "$0")/asked" && ${saying({ Username: 'u', Secret: 'p' })}`,
  );
  expect(await ask('test', 'r.test:5000')).toEqual({ username: 'u', password: 'p' });
  expect(await readFile(join(helpers.path, 'asked'), 'utf8')).toBe('r.test:5000');
});

test.each([
  ['a token', saying({ Username: '<token>', Secret: 't' }), { identity_token: 't' }],
  ['nothing', saying({ ServerURL: '', Username: '', Secret: '' }), undefined],
  ['that it has none', 'echo credentials not found in native keychain; exit 1', undefined],
  ['without reading the question', `echo '{"Username":"u","Secret":"p"}'`, { username: 'u', password: 'p' }],
])('%s', async (_, script, auth) => {
  await helpers.add('test', script);
  expect(await ask()).toEqual(auth);
});

test.each([
  ['failed', 'docker-credential-test failed', 'echo hunter2; echo hunter2 >&2; exit 1'],
  ['says too much', 'docker-credential-test failed', 'yes hunter2'],
  ['is not JSON', 'docker-credential-test answered something that is no credentials', 'echo hunter2'],
  [
    'is JSON of another kind',
    'docker-credential-test answered something that is no credentials',
    saying(['hunter2']),
  ],
  [
    'lacks the secret',
    'docker-credential-test answered something that is no credentials',
    saying({ Username: 'hunter2' }),
  ],
])('what %s is an error that repeats nothing of it', async (_, message, script) => {
  await helpers.add('test', script);
  const failure = await ask().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'CREDENTIALS', message });
  expect(inspect(failure)).not.toContain('hunter2');
});

test('one that is not there', async () => {
  await expect(ask('missing')).rejects.toMatchObject({
    code: 'CREDENTIALS',
    message: 'docker-credential-missing is not in PATH',
  });
});

test.each(['', '../test', 'a b', 'a;b', 'A', 'a/b', '$(x)'])('%j is not run', async (name) => {
  await expect(ask(name)).rejects.toMatchObject({
    code: 'CREDENTIALS',
    message: 'a credential helper has a name that cannot be one',
  });
});

test('one that does not answer is ended after 10 s, what it started too keeps nobody waiting', async () => {
  await helpers.add('test', 'sleep 1000 & echo $! >"$(dirname "$0")/pid"; wait');
  const clock = new VirtualClock();
  const answer = askDockerCredential('test', 'r.test', clock);
  const pid = await started(join(helpers.path, 'pid'));
  await clock.advance(9_999);
  expect(() => process.kill(pid, 0)).not.toThrow();
  const late = expect(answer).rejects.toMatchObject({
    code: 'CREDENTIALS',
    message: 'docker-credential-test did not answer in 10 s',
  });
  await clock.advance(1);
  await late;
  process.kill(pid, 'SIGKILL');
});

async function started(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
