import type { IncomingMessage, RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { type HttpAnswer, type HttpGet, httpGet } from '../../../src/net/http-get.ts';
import { withDeadline } from '../../../src/net/with-deadline.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { deadPort, httpServer, httpsServer, listening, tcpServer } from './servers.ts';

const base = {
  scheme: 'HTTP',
  host: '127.0.0.1',
  path: '/',
  headers: [],
  userAgent: 'kube-probe/1.36',
} as const;
const never = new AbortController().signal;
const get = (change: Partial<HttpGet> & { port: number }, signal = never) =>
  httpGet({ ...base, ...change }, signal);

/** Tells what was asked, each header with its name as it came. */
const echo: RequestListener = (request, response) => response.end(JSON.stringify(asked(request)));

function asked({ method, url, rawHeaders }: IncomingMessage): readonly unknown[] {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  return [`${method} ${url}`, ...headers.sort()];
}

test.each<[string, Partial<HttpGet>, (port: number) => readonly string[]]>([
  [
    'as the kubelet asks',
    {},
    (port) => [
      'GET /',
      'Accept: */*',
      'Connection: close',
      `Host: 127.0.0.1:${port}`,
      'User-Agent: kube-probe/1.36',
    ],
  ],
  [
    'with headers of its own, which add up',
    {
      headers: [
        { name: 'x-list', value: 'a' },
        { name: 'User-Agent', value: 'me' },
        { name: 'X-List', value: 'b' },
        { name: 'X-Text', value: 'grün' },
        { name: 'host', value: 'shop.example' },
        { name: 'Host', value: 'other.example' },
        { name: 'Content-Length', value: '7' },
        { name: 'accept', value: 'text/html' },
      ],
    },
    () => [
      'GET /',
      'Accept: text/html',
      'Connection: close',
      'Host: shop.example',
      'User-Agent: me',
      'X-List: a',
      'X-List: b',
      // Bytes of UTF-8, which Node reads as characters.
      `X-Text: ${Buffer.from('grün').toString('latin1')}`,
    ],
  ],
  [
    'without what is emptied',
    {
      headers: [
        { name: 'Accept', value: '' },
        { name: 'User-Agent', value: '' },
        { name: 'Host', value: '' },
      ],
    },
    (port) => ['GET /', 'Connection: close', `Host: 127.0.0.1:${port}`],
  ],
])('asks %s', async (_, change, expected) => {
  const port = await listening(httpServer(echo));
  const { status, body } = await get({ ...change, port });
  expect([status, JSON.parse(body)]).toEqual([200, expected(port)]);
});

test.each([
  ['/ready?full=1', '/ready?full=1'],
  ['ready', '/ready'],
  ['', '/'],
  ['/a/../b', '/a/../b'],
  ['/a#b', '/a'],
  ['/a b/ü"{}', '/a%20b/%c3%bc%22%7b%7d'],
  ['/a%20b', '/a%20b'],
])('the path %j goes out as %j', async (path, url) => {
  const port = await listening(httpServer((request, response) => response.end(request.url)));
  expect(await get({ port, path })).toEqual({ status: 200, body: url });
});

test('over TLS, whatever the certificate says', async () => {
  const port = await listening(httpsServer(echo));
  expect((await get({ port, scheme: 'HTTPS' })).status).toBe(200);
});

test('the name that is connected to is told over TLS, whatever host is asked for', async () => {
  const names: unknown[] = [];
  const server = httpsServer(echo);
  server.on('secureConnection', ({ servername }) => names.push(servername));
  const port = await listening(server, 'localhost');
  await get({ port, scheme: 'HTTPS', host: 'localhost', headers: [{ name: 'Host', value: 'shop.example' }] });
  expect(names).toEqual(['localhost']);
});

test('headers of 100 KiB are taken', async () => {
  const port = await listening(
    httpServer((_, response) => void response.setHeader('X-Long', 'x'.repeat(100 * 1024)).end('ok')),
  );
  expect(await get({ port })).toEqual({ status: 200, body: 'ok' });
});

test('an IPv6 address', async () => {
  const port = await listening(
    httpServer((request, response) => response.end(request.headers.host)),
    '::1',
  );
  expect(await get({ port, host: '::1' })).toEqual({ status: 200, body: `[::1]:${port}` });
});

test.each([204, 304, 404, 503])('status %d is an answer', async (status) => {
  const port = await listening(httpServer((_, response) => void response.writeHead(status).end()));
  expect(await get({ port })).toEqual({ status, body: '' });
});

test('a server that wants to speak another protocol has answered', async () => {
  const port = await listening(
    tcpServer(
      (socket) => void socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ),
  );
  expect((await get({ port })).status).toBe(101);
});

test('10 KiB of an endless body are read', async () => {
  const port = await listening(
    httpServer((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(1000)) && !response.destroyed);
      };
      response.on('drain', more);
      more();
    }),
  );
  expect(await get({ port })).toEqual({ status: 200, body: 'x'.repeat(10_240) });
});

test('the connection is closed with the answer', async () => {
  let closed: Promise<unknown> | undefined;
  const server = httpServer((_, response) => response.writeHead(200, { Connection: 'keep-alive' }).end('ok'));
  server.on('connection', (socket) => {
    closed = new Promise((resolve) => socket.on('close', resolve));
  });
  await get({ port: await listening(server) });
  await closed;
  expect(closed).toBeDefined();
});

/** Redirects each path to where the table says. */
const redirecting =
  (targets: Readonly<Record<string, string>>, status = 302): RequestListener =>
  (request, response) => {
    const location = targets[request.url ?? ''];
    if (location === undefined) echo(request, response);
    else response.writeHead(status, { Location: location }).end('moved');
  };

test.each([301, 302, 303, 307, 308])('status %d is followed on the same host', async (status) => {
  const port = await listening(httpServer(redirecting({ '/': '/there?x=1' }, status)));
  const headers = [
    { name: 'Host', value: 'shop.example' },
    { name: 'X-Key', value: 'k' },
  ];
  const { body } = await get({ port, headers });
  expect(JSON.parse(body)).toEqual([
    'GET /there?x=1',
    'Accept: */*',
    'Connection: close',
    'Host: shop.example',
    'User-Agent: kube-probe/1.36',
    'X-Key: k',
  ]);
});

test('to another port and scheme of the same host, which is then the one asked for', async () => {
  const secure = await listening(httpsServer(echo));
  const plain = await listening(httpServer(redirecting({ '/': `https://127.0.0.1:${secure}/x` })));
  const { body } = await get({ port: plain, headers: [{ name: 'Host', value: 'shop.example' }] });
  expect(JSON.parse(body)).toContain(`Host: 127.0.0.1:${secure}`);
});

test('to another host it is not followed', async () => {
  const port = await listening(httpServer(redirecting({ '/': 'http://localhost:1/login' })));
  expect(await get({ port })).toEqual({
    status: 302,
    body: 'moved',
    redirectedTo: 'http://localhost:1/login',
  });
});

test('a redirect to nowhere is an answer', async () => {
  const port = await listening(httpServer((_, response) => void response.writeHead(302).end('?')));
  expect(await get({ port })).toEqual({ status: 302, body: '?' });
});

test.each([
  ['in a circle', '/', 'stopped after 10 redirects'],
  ['to no address', 'http://[', 'failed to parse Location header "http://["'],
  ['to another protocol', 'ftp://127.0.0.1/', 'unsupported protocol scheme "ftp"'],
])('a redirect %s fails', async (_, location, words) => {
  let requests = 0;
  const follow = redirecting({ '/': location });
  const port = await listening(
    httpServer((request, response) => {
      requests += 1;
      follow(request, response);
    }),
  );
  await expect(get({ port })).rejects.toThrow(`: ${words}`);
  expect(requests).toBe(location === '/' ? 10 : 1);
});

const closing = (): Promise<number> =>
  listening(tcpServer((socket) => socket.once('data', () => socket.end())));
const resetting = (): Promise<number> =>
  listening(tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
const plain = (): Promise<number> => listening(httpServer(echo));
const babbling = (): Promise<number> => listening(tcpServer((socket) => socket.write('220 mail\r\n')));
const noVersionInCommon = (): Promise<number> =>
  listening(
    tcpServer((socket) => socket.once('data', () => socket.end('\x15\x03\x01\x00\x02\x02\x46', 'latin1'))),
  );

test.each<[string, Partial<HttpGet>, () => Promise<number>, string]>([
  ['nobody listens', {}, deadPort, 'dial tcp 127.0.0.1:PORT: connect: connection refused'],
  ['nobody listens under a name', { host: 'localhost' }, deadPort, ':PORT: connect: connection refused'],
  ['there is no such host', { host: 'no.invalid' }, deadPort, 'dial tcp: lookup no.invalid: '],
  ['the server hangs up', {}, closing, 'EOF'],
  ['the server hangs up over TLS', { scheme: 'HTTPS' }, closing, 'EOF'],
  ['the server breaks off', {}, resetting, 'read: connection reset by peer'],
  ['the server speaks no TLS', { scheme: 'HTTPS' }, plain, 'http: server gave HTTP response to HTTPS client'],
  [
    'the server takes no TLS of ours',
    { scheme: 'HTTPS' },
    noVersionInCommon,
    'remote error: tls: protocol version',
  ],
  [
    'the server speaks no HTTP',
    {},
    babbling,
    'net/http: HTTP/1.x transport connection broken: malformed HTTP response',
  ],
  [
    'a header cannot be sent',
    { headers: [{ name: 'X', value: 'a\nb' }] },
    plain,
    'net/http: invalid header field value',
  ],
  [
    'a header has no name',
    { headers: [{ name: 'a b', value: '' }] },
    plain,
    'net/http: invalid header field name',
  ],
])('%s', async (_, change, serve, words) => {
  const port = await serve();
  const failure = await get({ port, ...change }).catch((error: unknown) => error);
  const url = `${(change.scheme ?? 'HTTP').toLowerCase()}://${change.host ?? base.host}:${port}/`;
  expect(failure).toMatchObject({ code: 'NET_FAILED', message: expect.stringContaining(`Get "${url}": `) });
  expect(failure).toMatchObject({ message: expect.stringContaining(words.replace('PORT', String(port))) });
});

test('what is no address is refused', async () => {
  await expect(get({ host: 'a b', port: 1 })).rejects.toMatchObject({
    code: 'NET_FAILED',
    message: 'parse "http://a b:1/": invalid host or port',
  });
});

/** Answers never, or begins an answer and never ends it. */
const silent: RequestListener = () => undefined;
const stuck: RequestListener = (_, response) => void response.writeHead(200).write('so far');

test('a server that does not answer is given up when the time is over', async () => {
  const clock = new VirtualClock();
  let asked = false;
  const server = httpServer(silent);
  server.on('request', () => {
    asked = true;
  });
  const port = await listening(server);
  const answer = withDeadline({ clock, timeoutMs: 1000, signal: never }, (signal) => get({ port }, signal));
  const failure = answer.catch((error: unknown) => error);
  while (!asked) await clock.settle();
  await clock.advance(1000);
  expect(await failure).toMatchObject({
    code: 'NET_FAILED',
    message: `Get "http://127.0.0.1:${port}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  });
});

test('or when nobody wants to know any longer, be it before it began', async () => {
  const port = await listening(httpServer(silent));
  await expect(get({ port }, AbortSignal.abort())).rejects.toThrow(': context canceled');
});

test.each([
  [
    new DOMException('', 'TimeoutError'),
    'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
  ],
  [undefined, 'context canceled'],
])('a body that does not end leaves the status (%s)', async (reason, bodyFailure) => {
  const port = await listening(httpServer(stuck));
  expect(await cutOff(port, reason)).toEqual({ status: 200, body: 'so far', bodyFailure });
});

/** Aborts after so many turns of the event loop; where nothing had come by then, once more after twice as many. */
async function cutOff(port: number, reason: unknown, turns = 8): Promise<HttpAnswer> {
  const controller = new AbortController();
  const answer = get({ port }, controller.signal).catch(() => undefined);
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(reason);
  const came = await answer;
  return came?.body === 'so far' ? came : cutOff(port, reason, turns * 2);
}

test('a body that breaks off leaves the status', async () => {
  const port = await listening(
    tcpServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')),
    ),
  );
  expect(await get({ port })).toEqual({ status: 200, body: 'abc', bodyFailure: 'unexpected EOF' });
});
