import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { abandon } from '../../../src/streaming/let-go.ts';
import { moment } from './stream-bench.ts';

const LINGER_MS = 300;
/** More than the system's buffers take. */
const MUCH = Buffer.alloc(32 * 1024 ** 2);

test('a runtime that reads nothing is given up when its client is gone', async () => {
  const { near, far } = await connection();
  far.pause();
  near.write(MUCH);
  const [closed, begunAtMs] = [once(near, 'close'), performance.now()];
  abandon(near, LINGER_MS);
  await closed;
  expect(performance.now() - begunAtMs).toBeGreaterThan(LINGER_MS - 50);
});

test('one that reads slowly gets everything', { timeout: 30_000 }, async () => {
  const { near, far } = await connection();
  near.write(MUCH);
  abandon(near, LINGER_MS);
  let bytes = 0;
  for await (const chunk of far) {
    const before = bytes;
    bytes += chunk.length;
    // Slow, and yet not silent: longer than that in all.
    if (Math.floor(bytes / 4e6) > Math.floor(before / 4e6)) await moment(LINGER_MS / 4);
  }
  expect(bytes).toBe(MUCH.length);
});

async function connection(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer({ allowHalfOpen: false });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const accepted = once(server, 'connection');
  const near = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true });
  const [far] = await accepted;
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}
