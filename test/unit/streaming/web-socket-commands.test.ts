import { expect, test } from 'vitest';
import { COMMAND_PROTOCOLS } from '../../../src/streaming/channels.ts';
import { commandWith, message, moment, rawClient, streamBench, until, webSocket } from './stream-bench.ts';

const V4 = 'v4.channel.k8s.io';
const V5 = 'v5.channel.k8s.io';
const success = '{"status":"Success"}';

test.each([
  ['output', {}, V4, ['error', 'stdout', 'stderr']],
  ['input', { stdin: true }, V4, ['error', 'stdin', 'stdout', 'stderr']],
  ['a terminal', { tty: true, stderr: false }, V4, ['error', 'stdout', 'resize']],
  ['a terminal of the first protocol', { tty: true, stderr: false }, 'channel.k8s.io', ['error', 'stdout']],
])('%s: the runtime gets just the streams it waits for', async (_, flags, protocol, expected) => {
  const bench = await streamBench(commandWith(flags));
  await webSocket(bench, [protocol]);
  const session = await bench.runtime.session();
  await until(() => session.streams.length === expected.length);
  await moment(20);
  expect(session.streams.map(({ headers }) => headers)).toEqual(
    expected.map((streamtype) => ({ streamtype })),
  );
  expect(session.zlibStart.toString('hex')).toBe('7820e3c6a7c2');
});

test.each([
  [V5, [V5], V4],
  [V4, [V4, V5], V4],
  [V5, ['v9.channel.k8s.io', V5, V4], V4],
  ['channel.k8s.io', ['channel.k8s.io'], 'channel.k8s.io'],
  ['', [], 'channel.k8s.io'],
])('%s is spoken with who offers %j', async (chosen, offered, runtimes) => {
  const bench = await streamBench(commandWith({}));
  const client = await webSocket(bench, offered);
  expect(client.socket.protocol).toBe(chosen);
  const { request } = await bench.runtime.session();
  expect(request.headers['x-stream-protocol-version']).toBe(runtimes);
  expect([request.method, request.url]).toEqual(['POST', '/exec/token?x=1']);
});

test('every output has its channel, the status comes last, and the connection is closed in good order', async () => {
  const bench = await streamBench(commandWith({}));
  const client = await webSocket(bench, [V4]);
  const session = await bench.runtime.session();
  (await session.stream('stdout')).say('out');
  (await session.stream('stderr')).say('err');
  const status = await session.stream('error');
  status.say(success);
  status.end();
  session.socket.end();
  expect(await client.closed).toBe(1000);
  expect(client.messages).toEqual([message(1, 'out'), message(2, 'err'), message(3, success)]);
  await until(() => bench.outcomes.length === 1);
  expect(bench.outcomes).toEqual([undefined]);
});

test.each([
  [V4, 1011, 'the container runtime closed the connection without a status'],
  ['channel.k8s.io', 1000, ''],
])('%s: an end without a status closes with %i', async (protocol, code, reason) => {
  const bench = await streamBench(commandWith({}));
  const client = await webSocket(bench, [protocol]);
  const session = await bench.runtime.session();
  await session.stream('stderr');
  session.socket.end();
  expect(await client.closed).toBe(code);
  expect(client.reason()).toBe(reason);
});

test('what is typed and sizes reach their streams; the end of input is told by v5', async () => {
  const bench = await streamBench(commandWith({ stdin: true, tty: true, stderr: false }));
  const { socket } = await webSocket(bench, [V5]);
  socket.send(message(0, 'hello '));
  socket.send(message(4, '{"Width":80,"Height":24}'));
  // Nobody reads these, and nobody minds.
  for (const none of [message(1, 'x'), message(9, 'x'), Buffer.alloc(0), Buffer.from([255])])
    socket.send(none);
  socket.send(message(0, 'world'));
  socket.send(Buffer.from([255, 0]));
  socket.send(message(0, ' too late'));
  const session = await bench.runtime.session();
  const [stdin, resize] = [await session.stream('stdin'), await session.stream('resize')];
  await until(() => stdin.ended);
  expect(stdin.received.toString()).toBe('hello world');
  expect(resize.received.toString()).toBe('{"Width":80,"Height":24}');
  expect(resize.ended).toBe(false);
});

test('v4 has no such message', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const { socket } = await webSocket(bench, [V4]);
  socket.send(Buffer.from([255, 0]));
  socket.send(message(0, 'more'));
  const stdin = await (await bench.runtime.session()).stream('stdin');
  await until(() => stdin.received.length > 0);
  expect({ text: stdin.received.toString(), ended: stdin.ended }).toEqual({ text: 'more', ended: false });
});

test('base64 variants speak text', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const client = await webSocket(bench, ['v4.base64.channel.k8s.io']);
  client.socket.send('0aGVsbG8=');
  const session = await bench.runtime.session();
  const stdin = await session.stream('stdin');
  await until(() => stdin.received.length > 0);
  expect(stdin.received.toString()).toBe('hello');
  (await session.stream('stdout')).say('out');
  await until(() => client.messages.length === 1);
  expect(client.messages[0]?.toString()).toBe('1b3V0');
});

test('what is sent right behind the handshake is not lost', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const head = [
    'GET / HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
    `Sec-WebSocket-Protocol: ${V5}`,
  ];
  // Masked with zeros: a message on channel 0, and the end of that channel.
  const frames = Buffer.from([0x82, 0x83, 0, 0, 0, 0, 0, 0x68, 0x69, 0x82, 0x82, 0, 0, 0, 0, 255, 0]);
  rawClient(bench, head, frames);
  const stdin = await (await bench.runtime.session()).stream('stdin');
  await until(() => stdin.ended);
  expect(stdin.received.toString()).toBe('hi');
});

test('nothing is sent on a stream that the runtime has not accepted yet', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  bench.runtime.accepts = false;
  const { socket } = await webSocket(bench, [V4]);
  socket.send(message(0, 'early'));
  const stdin = await (await bench.runtime.session()).stream('stdin');
  await moment(50);
  expect(stdin.received).toHaveLength(0);
});

test('a client that goes away takes the connection to the runtime with it, after what it has said', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const client = await webSocket(bench, [V4]);
  client.socket.send(message(0, 'last words'));
  client.socket.close();
  const session = await bench.runtime.session();
  await session.closed;
  expect((await session.stream('stdin')).received.toString()).toBe('last words');
  await until(() => bench.outcomes.length === 1);
});

test('both sides are cut off when all is to end', async () => {
  const bench = await streamBench(commandWith({ stdin: true }));
  const client = await webSocket(bench, [V4]);
  const session = await bench.runtime.session();
  await session.stream('stdin');
  bench.abort.abort();
  expect(await client.closed).toBe(1006);
  await session.closed;
  await until(() => bench.outcomes.length === 1);
});

test('a runtime that does not keep to the protocol ends it', async () => {
  const bench = await streamBench(commandWith({}));
  const client = await webSocket(bench, [V4]);
  const session = await bench.runtime.session();
  await session.stream('stderr');
  session.socket.write(Buffer.from('8009000100000000', 'hex'));
  expect(await client.closed).toBe(1011);
  expect(client.reason()).toContain(
    "without a status: the runtime's SPDY cannot be read: a frame of SPDY version 9",
  );
  await session.closed;
});

test('pings of the runtime are answered, streams it opens are refused', async () => {
  const bench = await streamBench(commandWith({}));
  await webSocket(bench, [V4]);
  const session = await bench.runtime.session();
  await session.stream('stderr');
  for (const frame of [
    '8003000600000004 00000002',
    '8003000600000004 00000001',
    '800300010000000a 00000002 000000000000',
  ])
    session.socket.write(Buffer.from(frame.replaceAll(' ', ''), 'hex'));
  await until(() => session.control.length === 2);
  expect(session.control.map(([type, payload]) => [type, payload.toString('hex')])).toEqual([
    [6, '00000002'],
    [3, '0000000200000003'],
  ]);
});

test.each([
  [
    'of unknown protocols',
    { protocols: 'v9.channel.k8s.io' },
    /client supports \[v9.channel.k8s.io\], server accepts/,
  ],
  ['without a key', { key: '' }, /Sec-WebSocket-Key/],
  ['of another version', { version: '7' }, /Sec-WebSocket-Version/],
  ['that is a POST', { method: 'POST' }, /method/],
])('a handshake %s is refused, and nothing is answered before', async (_, changed, why) => {
  const { method, key, version, protocols } = {
    ...{ method: 'GET', key: 'MDEyMzQ1Njc4OWFiY2RlZg==', version: '13', protocols: V4 },
    ...changed,
  };
  const bench = await streamBench(commandWith({}));
  const lines = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${key}`];
  const more = [`Sec-WebSocket-Version: ${version}`, `Sec-WebSocket-Protocol: ${protocols}`];
  const socket = rawClient(bench, [`${method} / HTTP/1.1`, ...lines, ...more], Buffer.alloc(0));
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  expect(answer).toContain('X-Written: 0\r\n');
  expect(bench.outcomes).toEqual([expect.stringMatching(why)]);
});

test.each([
  ['has no URL', new Error('container not found ("x")'), undefined, 'container not found ("x")'],
  ['refuses', undefined, { status: 403, words: 'no such\n' }, 'no such'],
  ['refuses without a word', undefined, { status: 500, words: '' }, 'the container runtime answered 500'],
])('a runtime that %s is what the client is told', async (_, noUrl, refusal, why) => {
  const bench = await streamBench(commandWith({}));
  bench.noUrl = noUrl;
  bench.runtime.refusal = refusal;
  await expect(webSocket(bench, [V4])).rejects.toThrow('400');
  expect(bench.outcomes).toEqual([why]);
});

test('a runtime that nobody answers for is told of', async () => {
  const bench = await streamBench(commandWith({}));
  await bench.runtime.close();
  await expect(webSocket(bench, [V4])).rejects.toThrow('400');
  expect(bench.outcomes).toEqual([expect.stringMatching(/streams cannot be had: connect ECONNREFUSED/)]);
});

test('all protocols of commands have a test', () => {
  expect(Object.keys(COMMAND_PROTOCOLS)).toHaveLength(5);
});
