import { afterEach, beforeEach, expect, test } from 'vitest';
import { feedInput } from '../../../src/streaming/index.ts';
import { FakeSpdyRuntime, type RuntimeSession } from '../../fakes/fake-spdy-runtime.ts';

let runtime: FakeSpdyRuntime;
let client: AbortController;

beforeEach(async () => {
  runtime = await FakeSpdyRuntime.start();
  client = new AbortController();
});
afterEach(() => runtime.close());

function feed(input: string): Promise<void> {
  return feedInput({ url: runtime.url, input: Buffer.from(input), signal: client.signal });
}

async function ended(told: RuntimeSession): Promise<string> {
  const stdin = await told.stream('stdin');
  while (!stdin.ended) await new Promise((resolve) => setImmediate(resolve));
  return stdin.received.toString();
}

test('the runtime is given all of it, and its end', async () => {
  const words = 'wörter\n'.repeat(50_000);
  const fed = feed(words);
  const told = await runtime.session();
  expect(await ended(told)).toBe(words);
  expect(told.streams.map(({ headers }) => headers.streamtype)).toEqual(['error', 'stdin']);
  (await told.stream('error')).say('{"status":"Success"}');
  told.socket.end();
  await fed;
});

test('what the runtime complains of is told', async () => {
  const fed = feed('x');
  const told = await runtime.session();
  await ended(told);
  (await told.stream('error')).say('{"status":"Failure","message":"no such container"}');
  told.socket.end();
  await expect(fed).rejects.toThrow('no such container');
});

test('a refusal is told with the words of the runtime', async () => {
  runtime.refusal = { status: 404, words: 'gone' };
  await expect(feed('x')).rejects.toThrow('gone');
});

test('one that is cut off is over, whatever the runtime has read', async () => {
  runtime.accepts = false;
  const fed = feed('x');
  const told = await runtime.session();
  client.abort();
  await fed;
  await told.closed;
});
