import { Readable } from 'node:stream';
import type { ClientRequest, NodeClient } from '../../../src/client/index.ts';

/** A daemon that has these answers by path, and 404 for everything else; it remembers what it was asked. */
export function fakeClient(
  answers: Readonly<Record<string, unknown>>,
): NodeClient & { readonly asked: readonly ClientRequest[] } {
  const asked: ClientRequest[] = [];
  return {
    asked,
    socketPath: '/run/fake.sock',
    async send(request) {
      asked.push(request);
      const answer = answers[request.path];
      const body = JSON.stringify(answer ?? { kind: 'Status', message: 'not found', reason: 'NotFound' });
      return { status: answer === undefined ? 404 : 200, headers: {}, body: Readable.from([body]) };
    },
  };
}
