import { expect, test } from 'vitest';
import type { ApiRequest, CommandRunner } from '../../../src/api/index.ts';
import { runCommandRoutes } from '../../../src/api/routes/run-command-route.ts';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { ask, bodyText } from './ask.ts';
import { podObjects } from './pod-objects.ts';

const web: JsonObject = {
  metadata: { name: 'web', namespace: 'default', uid: 'uid-web' },
  spec: { containers: [{ name: 'app' }] },
};
const objects = podObjects(web);

/** The routes over commands that end as they are told to, and what was run. */
function bench(end: CommandRunner['run'] = async () => ({ exitCode: 0, output: Buffer.from('fine\n') })) {
  const ran: unknown[] = [];
  const run: CommandRunner['run'] = (container, command, signal) => {
    ran.push([container, command]);
    return end(container, command, signal);
  };
  const routes = runCommandRoutes({ objects, commands: { run } });
  const post = (target: string, changed: Partial<ApiRequest> = {}) =>
    ask(routes, `/run/${target}`, { method: 'POST', ...changed });
  return { ran, routes, post };
}

const form = (text: string, type = 'application/x-www-form-urlencoded'): Partial<ApiRequest> => ({
  headers: { 'content-type': type },
  body: Buffer.from(text),
});

test.each<[string, Partial<ApiRequest>, readonly string[]]>([
  ['default/web/app?cmd=ls+-l', {}, ['ls', '-l']],
  ['default/web/uid-web/app?cmd=ls%20-l', {}, ['ls', '-l']],
  ['default/web/app?cmd=+ls++-l+', {}, ['ls', '-l']],
  ["default/web/app?cmd=sh+-c+'a\tb'", {}, ['sh', '-c', "'a\tb'"]],
  ['default/web/app', form('cmd=cat+/etc/hosts'), ['cat', '/etc/hosts']],
  ['default/web/app', form('cmd=id', 'application/x-www-form-urlencoded; charset=utf-8'), ['id']],
  ['default/web/app?cmd=ls', form('cmd=id'), ['id']],
  ['default/web/app?cmd=ls', form('cmd=id', 'text/plain'), ['ls']],
])('%s %o', async (target, changed, command) => {
  const { ran, post } = bench();
  const answer = await post(target, changed);
  expect(ran).toEqual([[{ podUid: 'uid-web', container: 'app' }, command]]);
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '5' },
  });
  expect(await bodyText(answer)).toBe('fine\n');
});

test.each<[string, number, string]>([
  ['default/none/app?cmd=ls', 404, 'pod does not exist\n'],
  ['default/web/uid-of-another/app?cmd=ls', 404, 'pod not found\n'],
  ['default/web/db?cmd=ls', 404, 'container not found ("db")\n'],
  ['default/web/app?cmd=++', 400, 'you must specify at least one command for the container: ?cmd=ls+-l\n'],
])('%s is refused with %i', async (target, status, text) => {
  const { ran, post } = bench();
  const answer = await post(target);
  expect({ ran, status: answer.status, text: await bodyText(answer) }).toEqual({ ran: [], status, text });
});

test('a command that fails tells its code and all it wrote, byte by byte', async () => {
  const output = Buffer.from([0x6e, 0x6f, 0xff, 0x0a]);
  const { post } = bench(async () => ({ exitCode: 7, output }));
  const { status, headers, body } = await post('default/web/app?cmd=sh+-c+no');
  const pieces: Buffer[] = [];
  if (typeof body !== 'function') throw new Error('the body is streamed');
  await body({ write: async (piece) => void pieces.push(Buffer.from(piece)) }, new AbortController().signal);
  const whole = Buffer.concat([Buffer.from("command 'sh -c no' exited with 7: "), output]);
  expect({ status, length: headers['content-length'] }).toEqual({
    status: 500,
    length: String(whole.length),
  });
  expect(Buffer.concat(pieces)).toEqual(whole);
});

test('a command that says nothing is answered with nothing', async () => {
  const { post } = bench(async () => ({ exitCode: 0, output: Buffer.alloc(0) }));
  const answer = await post('default/web/app?cmd=true');
  expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  expect(await bodyText(answer)).toBe('');
});

test('what the runtime refuses is told', async () => {
  const { post } = bench(async () => {
    throw new ApiFailure('InternalError', 'no such program');
  });
  const answer = await post('default/web/app?cmd=ls');
  expect({ status: answer.status, text: await bodyText(answer) }).toEqual({
    status: 500,
    text: 'no such program\n',
  });
});

test('a command is told when its client goes away', async () => {
  const gone = new AbortController();
  const heard: AbortSignal[] = [];
  const { post } = bench(async (_container, _command, signal) => {
    heard.push(signal);
    return { exitCode: 0, output: Buffer.alloc(0) };
  });
  await post('default/web/app?cmd=ls', { signal: gone.signal });
  gone.abort();
  expect(heard.map(({ aborted }) => aborted)).toEqual([true]);
});

test('of more outputs than may be held none is made, until one is sent or given up', async () => {
  const { ran, post } = bench();
  const held = [];
  for (let count = 0; count < 16; count += 1) held.push(await post('default/web/app?cmd=ls'));
  const refusal = await post('default/web/uid-web/app?cmd=ls');
  expect(refusal.status).toBe(429);
  expect(await bodyText(refusal)).toBe('too many commands at once, please try again\n');
  expect(refusal.headers).toMatchObject({ 'retry-after': '1' });
  held[0]?.release?.();
  held[0]?.release?.();
  const next = await post('default/web/app?cmd=ls');
  expect(next.status).toBe(200);
  expect((await post('default/web/app?cmd=ls')).status).toBe(429);
  expect(ran).toHaveLength(17);
});

test('one that could not be run holds nothing', async () => {
  const { ran, post } = bench(async () => {
    throw new ApiFailure('InternalError', 'no');
  });
  for (let count = 0; count < 20; count += 1) await post('default/web/app?cmd=ls');
  expect(ran).toHaveLength(20);
});

test('GET runs nothing', async () => {
  const { ran, routes } = bench();
  const answer = await ask(routes, '/run/default/web/app?cmd=ls');
  expect({ status: answer.status, allow: answer.headers.allow, ran }).toEqual({
    ...{ status: 405, allow: 'POST' },
    ran: [],
  });
});
