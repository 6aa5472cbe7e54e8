import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { PatientSocket } from '../../../src/streaming/patient-socket.ts';
import { moment } from './stream-bench.ts';

const LAST_WORDS = 'how it ended'.repeat(1000);

/** A server that says something and is gone, without having read what was said to it. */
async function met(goodbye: (server: Socket) => void): Promise<PatientSocket> {
  let accepted: Socket | undefined;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.write(LAST_WORDS);
    accepted = socket;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const socket = new PatientSocket({ allowHalfOpen: true }).connect({
    host: '127.0.0.1',
    port: address.port,
  });
  socket.pause();
  await once(socket, 'connect');
  await vi.waitFor(() => expect(accepted?.bytesWritten).toBe(LAST_WORDS.length), { timeout: 30_000 });
  if (accepted !== undefined) goodbye(accepted);
  await moment(50);
  server.close();
  return socket;
}

async function heardBy(socket: PatientSocket): Promise<string> {
  let heard = '';
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    heard += chunk;
  });
  socket.once('end', () => socket.end());
  socket.resume();
  await closed;
  return heard;
}

test.each([
  ['resets the connection', (server: Socket) => server.resetAndDestroy()],
  ['closes it', (server: Socket) => server.destroy()],
])('what a server said before it %s is heard, whatever is said to it then', async (_, goodbye) => {
  const socket = await met(goodbye);
  socket.cork();
  socket.write('too late');
  socket.write('by two words');
  socket.uncork();
  await moment(50);
  socket.write('and by one more');
  await moment(50);
  expect(await heardBy(socket)).toBe(LAST_WORDS);
});

test('what cannot be said any more does not stand in the way of its end', async () => {
  const socket = await met((server) => server.resetAndDestroy());
  socket.write('too late');
  socket.end('still too late');
  expect(await heardBy(socket)).toBe(LAST_WORDS);
});
