import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { type AskForAddresses, sharedLookup } from '../../../src/net/shared-lookup.ts';

const v6: LookupAddress = { address: '::1', family: 6 };
const v4: LookupAddress = { address: '127.0.0.1', family: 4 };

/** A server that answers when it is told to. */
function rig() {
  const asked: string[] = [];
  const answers: PromiseWithResolvers[] = [];
  const ask: AskForAddresses = (host, { family = 0 }) => {
    asked.push(`${host} ${family}`);
    return new Promise((resolve, reject) => answers.push({ resolve, reject }));
  };
  const lookup = sharedLookup(ask);
  const told: unknown[] = [];
  const look = (host: string, options: Parameters<typeof lookup>[1] = {}): void =>
    lookup(host, options, (error, ...answer) => told.push(error ?? answer));
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { asked, answers, told, look, turn };
}

interface PromiseWithResolvers {
  readonly resolve: (addresses: readonly LookupAddress[]) => void;
  readonly reject: (error: Error) => void;
}

test('a name is asked for once at a time, however many wait for it; then anew', async () => {
  const { asked, answers, told, look, turn } = rig();
  for (let times = 0; times < 100; times += 1) look('slow.example');
  look('other.example');
  look('slow.example', { family: 6 });
  expect(asked).toEqual(['slow.example 0', 'other.example 0', 'slow.example 6']);
  answers[0]?.resolve([v6, v4]);
  await turn();
  expect(told).toEqual(Array(100).fill(['::1', 6]));
  look('slow.example');
  expect(asked).toHaveLength(4);
});

test('who asks for all addresses gets all', async () => {
  const { answers, told, look, turn } = rig();
  look('a.example', { all: true });
  look('a.example');
  answers[0]?.resolve([v6, v4]);
  await turn();
  expect(told).toEqual([[[v6, v4]], ['::1', 6]]);
});

test('all that wait are told of a failure, and the next asks anew', async () => {
  const { asked, answers, told, look, turn } = rig();
  const error = new Error('getaddrinfo ENOTFOUND a.example');
  look('a.example');
  look('a.example');
  answers[0]?.reject(error);
  await turn();
  expect(told).toEqual([error, error]);
  look('a.example');
  expect(asked).toHaveLength(2);
});
