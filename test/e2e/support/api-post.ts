import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Daemon } from './daemon.ts';

export interface Posted {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a body as `curl -d` does; the answer is still to be read. */
export function open(daemon: Daemon, path: string, body: string): Promise<IncomingMessage> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const options = { socketPath: daemon.apiSocket, path, method: 'POST', headers, agent: false };
    const sent = request(options, resolve);
    sent.once('error', reject);
    sent.end(body);
  });
}

export async function post(daemon: Daemon, path: string, body: string): Promise<Posted> {
  const answer = await open(daemon, path, body);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}
