import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectRuntime } from '../../../src/streaming/connect-runtime.ts';
import { FakeSpdyRuntime } from '../../fakes/fake-spdy-runtime.ts';

let runtime: FakeSpdyRuntime;
const client = new AbortController();

beforeEach(async () => {
  runtime = await FakeSpdyRuntime.start();
});
afterEach(() => runtime.close());

function connect(url: string): ReturnType<typeof connectRuntime> {
  return connectRuntime({ url, protocols: ['v4.channel.k8s.io'], signal: client.signal });
}

function at(host: string): string {
  const url = new URL(runtime.url);
  url.hostname = host;
  return url.href;
}

test.each(['127.0.0.1', '0.0.0.0', 'localhost'])('streams at %s are those of this machine', async (host) => {
  const { socket, protocol } = await connect(at(host));
  socket.destroy();
  expect(protocol).toBe('v4.channel.k8s.io');
});

// Addresses for documentation: nobody has them, so that who connects all the same waits in vain.
test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['[2001:db8::1]', '[2001:db8::1]'],
  ['0xc0000201', '192.0.2.1'],
  ['runtime.invalid', 'runtime.invalid'],
])('what is at %s is refused', async (host, told) => {
  await expect(connect(at(host))).rejects.toMatchObject({
    reason: 'InternalError',
    message: `the container runtime's streams are at ${told}, which is not this machine: set stream_server_address = "127.0.0.1" in the runtime's configuration`,
  });
});

test('so is what would need another protocol', async () => {
  await expect(connect(runtime.url.replace('http:', 'https:'))).rejects.toThrow(
    'the container runtime serves streams over https:',
  );
});
