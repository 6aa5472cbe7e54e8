import { PassThrough } from 'node:stream';
import { type ApiResponse, createRouter, type Route, type RuntimeStreams } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/index.ts';
import { apiRequest } from './ask.ts';

export const V4 = 'v4.channel.k8s.io';

/** A runtime that refuses everything, and what it was asked for. */
export function refusingStreams(): { readonly asked: readonly unknown[]; readonly streams: RuntimeStreams } {
  const asked: unknown[] = [];
  const refuse = async (...words: unknown[]): Promise<string> => {
    asked.push(words);
    throw new Error('asked');
  };
  const streams: RuntimeStreams = {
    exec: (...words) => refuse('exec', ...words),
    attach: (...words) => refuse('attach', ...words),
    portForward: (...words) => refuse('portForward', ...words),
  };
  return { asked, streams };
}

/** Asks routes for another protocol, SPDY where the headers say no other. Undefined where they took it. */
export function askUpgrade(
  routes: readonly Route[],
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiResponse | undefined> {
  return createRouter(routes, silentLogger).upgrade({
    ...apiRequest(target, { method: 'POST' }),
    headers: { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': V4, ...headers },
    rawHeaders: [],
    socket: new PassThrough(),
    head: Buffer.alloc(0),
  });
}
