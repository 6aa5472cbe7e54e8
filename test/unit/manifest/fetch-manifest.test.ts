import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { certify } from '../../../src/access/certify.ts';
import { systemClock } from '../../../src/base/index.ts';
import { type FetchedManifest, fetchManifest } from '../../../src/manifest/fetch-manifest.ts';
import { RawHttpServer, whole } from '../../fakes/raw-http-server.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

let server: RawHttpServer;
const others: RawHttpServer[] = [];

beforeEach(async () => {
  server = await RawHttpServer.start();
});

afterEach(async () => {
  await Promise.all([server, ...others.splice(0)].map((each) => each.close()));
});

function get(url = server.url, maxBytes = 1000): Promise<FetchedManifest> {
  const { signal } = new AbortController();
  return fetchManifest({ url, headers: { 'x-box': '7' }, maxBytes, clock: systemClock, signal });
}

async function failure(url?: string, maxBytes?: number): Promise<string> {
  const fetched = await get(url, maxBytes);
  return fetched.state === 'failed' ? fetched.reason : `no failure: ${fetched.state}`;
}

const raw = (text: string): void => {
  server.reply = (_, socket) => void socket.end(text);
};

describe('an answer', () => {
  test('comes with what a server knows it by', async () => {
    const headers = ['ETag: "a"', 'Content-Type: application/yaml'];
    server.answers('200 OK', 'kind: Pod', headers);
    expect(await get()).toEqual({
      ...{ state: 'answered', bytes: Buffer.from('kind: Pod'), isWhole: true },
      contentType: 'application/yaml',
      etag: '"a"',
    });
    expect(server.requests[0]).toMatch(/^GET \/pods\.yaml HTTP\/1\.1\r\n/);
    expect(server.requests[0]).toContain('x-box: 7\r\n');
  });

  test('that is known by too much is not asked for by that', async () => {
    server.answers('200 OK', 'kind: Pod', [`ETag: "${'a'.repeat(2000)}"`]);
    expect(await get()).not.toHaveProperty('etag');
  });

  test('in chunks is whole', async () => {
    raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    expect(await get()).toMatchObject({ bytes: Buffer.from('abc'), isWhole: true });
  });

  test('that ends with its connection may have been cut short', async () => {
    raw('HTTP/1.0 200 OK\r\n\r\nabc');
    expect(await get()).toMatchObject({ bytes: Buffer.from('abc'), isWhole: false });
  });

  test('304 means unchanged', async () => {
    raw('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n');
    expect(await get()).toEqual({ state: 'unchanged' });
  });

  test.each([
    '201 Created',
    '204 No Content',
    '206 Partial Content',
    '300 Multiple Choices',
    '404 Not Found',
  ])('%s is none', async (status) => {
    server.answers(status, 'kind: Pod');
    expect(await failure()).toBe(`answers with status ${status.slice(0, 3)}`);
  });

  test('in an encoding nobody asked for is none', async () => {
    server.answers('200 OK', gzipSync('kind: Pod'), ['Content-Encoding: gzip']);
    expect(await failure()).toBe('answers in an encoding that was not asked for');
  });

  test.each([
    ['with less than it said', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc'],
    ['before its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['within its headers', 'HTTP/1.1 200 OK\r\nContent-'],
    ['at once', ''],
  ])('that ends %s is none', async (_, text) => {
    raw(text);
    expect(await failure()).toMatch(/^cannot be fetched: /);
  });

  test('that changes to another protocol is none', async () => {
    server.reply = (_, socket) =>
      void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    expect(await failure()).toBe('answers with status 101');
  });

  test.each(['no HTTP at all\r\n\r\n', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`])(
    'that is not HTTP, or has endless headers, is none',
    async (text) => {
      raw(text);
      expect(await failure()).toMatch(/^cannot be fetched: Parse Error/);
    },
  );
});

describe('too much', () => {
  const tooLarge = 'answers with more than 1000 bytes, the most that is read (--max-manifest-bytes)';

  test('is given up; as much as is allowed is not', async () => {
    server.answers('200 OK', 'x'.repeat(1000));
    expect(await get()).toMatchObject({ state: 'answered' });
    server.answers('200 OK', 'x'.repeat(1001));
    expect(await failure()).toBe(tooLarge);
  });

  test('is not begun where it says so itself', async () => {
    server.reply = (_, socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
    expect(await failure()).toBe(tooLarge);
  });

  test.each([
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n', `400\r\n${'x'.repeat(1024)}\r\n`],
    ['of no length', '\r\n', 'x'.repeat(1024)],
  ])('%s is given up though it has no end', async (_, head, piece) => {
    server.reply = (_request, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}`);
      const more = (): boolean => !socket.destroyed && socket.write(piece, () => setImmediate(more));
      more();
    };
    expect(await failure()).toBe(tooLarge);
  });
});

describe('a redirect', () => {
  const to = (location: string, status = '302 Found'): void => {
    server.reply = (request, socket) =>
      void socket.end(
        request.startsWith('GET /pods.yaml')
          ? whole(status, '', [`Location: ${location}`])
          : whole('200 OK', 'kind: Pod'),
      );
  };

  test.each(['301 Moved Permanently', '302 Found', '303 See Other', '307 Temporary', '308 Permanent'])(
    '%s to the same server is followed, with the same headers',
    async (status) => {
      to('/elsewhere?a=b', status);
      expect(await get()).toMatchObject({ state: 'answered', bytes: Buffer.from('kind: Pod') });
      expect(server.requests[1]).toMatch(/^GET \/elsewhere\?a=b /);
      expect(server.requests[1]).toContain('x-box: 7');
    },
  );

  test('is followed where it is absolute', async () => {
    to(`http://127.0.0.1:${server.port}/elsewhere`);
    expect(await get()).toMatchObject({ state: 'answered' });
  });

  test('to another port is not followed', async () => {
    const other = await RawHttpServer.start();
    others.push(other);
    to(other.url);
    expect(await failure()).toBe(
      `redirects to http://127.0.0.1:${other.port}; only the same scheme, host and port are followed: give that URL itself`,
    );
    expect(other.requests).toEqual([]);
  });

  test.each([
    ['https://127.0.0.1/', 'https://127.0.0.1'],
    ['http://localhost/', 'http://localhost'],
    ['file:///etc/shadow', 'file://'],
    ['//169.254.169.254/latest', 'http://169.254.169.254'],
    ['http:\\\\evil.example/', 'http://evil.example'],
  ])('to %s is not followed', async (location, shown) => {
    to(location);
    expect(await failure()).toContain(`redirects to ${shown};`);
    expect(server.requests.length).toBe(1);
  });

  test('with a user in it is not followed', async () => {
    to(`http://user:secret@127.0.0.1:${server.port}/elsewhere`);
    expect(await failure()).toContain('redirects to http://127.0.0.1:');
    expect(server.requests.length).toBe(1);
  });

  test('to what is no URL is not followed', async () => {
    to('http://[/');
    expect(await failure()).toBe('redirects to what is no URL');
  });

  test('is followed five times and no more', async () => {
    const hops = (most: number): void => {
      server.requests.length = 0;
      server.reply = (_, socket) =>
        void socket.end(
          server.requests.length > most
            ? whole('200 OK', 'kind: Pod')
            : whole('302 Found', '', ['Location: /pods.yaml']),
        );
    };
    hops(5);
    expect(await get()).toMatchObject({ state: 'answered' });
    hops(6);
    expect(await failure()).toBe('redirects more than 5 times');
  });

  test('without a place to go is an answer that is none', async () => {
    server.answers('302 Found', '');
    expect(await failure()).toBe('answers with status 302');
  });
});

describe('time', () => {
  test.each([
    ['answers nothing', () => undefined],
    [
      'sends its headers byte by byte',
      (socket: { write(text: string): unknown }) => socket.write('HTTP/1.1 200'),
    ],
    [
      'sends its body byte by byte',
      (socket: { write(text: string): unknown }) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nk'),
    ],
  ])('is over after ten seconds for who %s', async (_, reply) => {
    const clock = new VirtualClock();
    const { signal } = new AbortController();
    server.reply = (_request, socket) => void reply(socket);
    const fetched = fetchManifest({ url: server.url, headers: {}, maxBytes: 1000, clock, signal });
    await expect.poll(() => server.requests.length, { interval: 2 }).toBe(1);
    let ended = false;
    void fetched.then(() => {
      ended = true;
    });
    await clock.advance(9_999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await fetched).toEqual({ state: 'failed', reason: 'took more than 10 s to answer' });
  });

  test('counts over all redirects', async () => {
    const clock = new VirtualClock();
    const { signal } = new AbortController();
    server.reply = (_, socket) => {
      if (server.requests.length === 1) socket.end(whole('302 Found', '', ['Location: /b']));
    };
    const fetched = fetchManifest({ url: server.url, headers: {}, maxBytes: 1000, clock, signal });
    await expect.poll(() => server.requests.length, { interval: 2 }).toBe(2);
    await clock.advance(10_000);
    expect(await fetched).toMatchObject({ reason: 'took more than 10 s to answer' });
  });

  test('is over at once for who is told to end', async () => {
    const ending = new AbortController();
    server.reply = () => ending.abort();
    const { signal } = ending;
    const fetched = fetchManifest({
      ...{ url: server.url, headers: {}, maxBytes: 9, signal },
      clock: systemClock,
    });
    expect(await fetched).toMatchObject({ state: 'failed' });
  });
});

describe('a server', () => {
  test('that is not there is told with its address', async () => {
    const { url, port } = server;
    await server.close();
    expect(await failure(url)).toBe(`cannot be fetched: connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  test('whose certificate nobody vouches for gets no request', async () => {
    const names = { dns: [], addresses: ['127.0.0.1'] };
    const made = await certify({ nowMs: Date.now(), nodeName: 'n', names });
    const tls = await RawHttpServer.start({ tls: { cert: made.server.certificate, key: made.server.key } });
    others.push(tls);
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await failure(`https://127.0.0.1:${tls.port}/`)).toMatch(
        /^cannot be fetched: .*certificate.*; NODE_EXTRA_CA_CERTS names a file of further authorities to trust$/,
      );
      expect(tls.requests).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });
});
