import { expect, test } from 'vitest';
import { dialTcp } from '../../../src/net/dial-tcp.ts';
import { deadPort, listening, tcpServer } from './servers.ts';

const never = new AbortController().signal;

test.each(['127.0.0.1', '::1'])(
  'a port of %s that takes connections gets one, which is closed',
  async (host) => {
    let closed: Promise<unknown> | undefined;
    const server = tcpServer((socket) => {
      closed = new Promise((resolve) => socket.resume().on('close', resolve));
    });
    await expect(dialTcp(host, await listening(server, host), never)).resolves.toBeUndefined();
    while (closed === undefined) await new Promise((resolve) => setImmediate(resolve));
    await closed;
  },
);

test('one that takes none', async () => {
  const port = await deadPort();
  await expect(dialTcp('127.0.0.1', port, never)).rejects.toMatchObject({
    code: 'NET_FAILED',
    message: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
});

test.each([
  [new DOMException('', 'TimeoutError'), 'i/o timeout'],
  [undefined, 'operation was canceled'],
])('is not waited for when the signal has aborted with %s', async (reason, words) => {
  await expect(dialTcp('::1', 1, AbortSignal.abort(reason))).rejects.toMatchObject({
    code: 'NET_FAILED',
    message: `dial tcp [::1]:1: ${words}`,
  });
});
