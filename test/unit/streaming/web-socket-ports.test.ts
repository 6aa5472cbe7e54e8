import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { servePorts } from '../../../src/streaming/index.ts';
import { moment, portsOf, rawClient, streamBench, until, webSocket } from './stream-bench.ts';

const V4 = 'v4.channel.k8s.io';

test('each port has a stream for data and one for errors, and two channels that begin with it', async () => {
  const bench = await streamBench(portsOf(80, 0x1f90));
  const client = await webSocket(bench, [V4]);
  const session = await bench.runtime.session();
  await until(() => session.streams.length === 4);
  expect(session.request.headers['x-stream-protocol-version']).toBe('portforward.k8s.io');
  expect(session.streams.map(({ headers }) => headers)).toEqual([
    { streamtype: 'error', port: '80', requestid: '0' },
    { streamtype: 'data', port: '80', requestid: '0' },
    { streamtype: 'error', port: '8080', requestid: '1' },
    { streamtype: 'data', port: '8080', requestid: '1' },
  ]);
  expect(client.messages.slice(0, 4)).toEqual(
    ['005000', '015000', '02901f', '03901f'].map((hex) => Buffer.from(hex, 'hex')),
  );
  client.socket.send(Buffer.from('\x02hello'));
  const second = await session.stream('data', '8080');
  await until(() => second.received.length > 0);
  expect(second.received.toString()).toBe('hello');
  (await session.stream('data', '80')).say('answer');
  (await session.stream('error', '8080')).say('refused');
  await until(() => client.messages.length === 6);
  expect(client.messages.slice(4)).toEqual([Buffer.from('\x00answer'), Buffer.from('\x03refused')]);
});

test('the connection is closed when all of its ports have said all', async () => {
  const bench = await streamBench(portsOf(80, 81));
  const client = await webSocket(bench, [V4]);
  const session = await bench.runtime.session();
  const parts = [
    ['data', '80'],
    ['error', '80'],
    ['error', '81'],
    ['data', '81'],
  ] as const;
  for (const [type, port] of parts) {
    await moment(10);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    (await session.stream(type, port)).end();
  }
  expect(await client.closed).toBe(1000);
  await session.closed;
  await until(() => bench.outcomes.length === 1);
});

test('ports are asked for only where the protocol does not name them', async () => {
  const failing = (): never => {
    throw new Error('no ports');
  };
  const bench = await streamBench(async (upgrade, url) => {
    await servePorts(upgrade, { ports: failing, url });
  });
  await expect(webSocket(bench, [V4])).rejects.toThrow('400');
  expect(bench.outcomes).toEqual(['no ports']);
  const socket = rawClient(bench, tunnelHead('SPDY/3.1+portforward.k8s.io'), Buffer.alloc(0));
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  expect(answer).toContain('101 Switching Protocols');
  expect(answer).toContain('Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n');
});

test('SPDY within messages is passed on as it comes, both ways, and its end', async () => {
  const bench = await streamBench(portsOf());
  // A ping in two messages, the first of them right behind the handshake.
  const [first, second] = [masked('80030006'), masked('0000000400000001')];
  const socket = rawClient(bench, tunnelHead('SPDY/3.1+portforward.k8s.io'), first);
  const received: Buffer[] = [];
  socket.on('data', (data) => received.push(data));
  const session = await bench.runtime.session();
  socket.write(second);
  await until(() => session.control.length === 1);
  expect(session.control).toEqual([[6, Buffer.from('00000001', 'hex')]]);
  session.socket.end('anything');
  await until(() => Buffer.concat(received).includes('anything'));
  const [, frames] = Buffer.concat(received).toString('latin1').split('\r\n\r\n');
  // A binary message of 8 bytes; then a goodbye.
  expect(frames?.slice(0, 11)).toBe('\x82\x08anything\x88');
  // The same from the client.
  socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
  await until(() => bench.outcomes.length === 1);
  expect(bench.outcomes).toEqual([undefined]);
});

/** A binary message of a client, masked with zeros. */
function masked(hex: string): Buffer {
  const payload = Buffer.from(hex, 'hex');
  return Buffer.concat([Buffer.from([0x82, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** No WebSocket library lets a client ask for a protocol with a slash in its name. */
function tunnelHead(protocol: string): readonly string[] {
  return [
    'GET / HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
}
