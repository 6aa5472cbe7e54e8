import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createTokenGuard, refuseOrigin } from '../../../src/api/guard.ts';

const TOKEN = 'f3ptzJw_ZmZdUOChSaiRlc5xFvwRqRkC0TFFJvrja6o';
const guard = createTokenGuard(TOKEN, ['127.0.0.1', 'localhost', '::1', 'Box', 'edge.example']);

function codeOf(headers: IncomingHttpHeaders): number {
  return guard({ host: '127.0.0.1:10250', authorization: `Bearer ${TOKEN}`, ...headers })?.status ?? 200;
}

describe('over TCP', () => {
  test.each<[host: string | undefined, code: number]>([
    ['127.0.0.1:10250', 200],
    ['127.0.0.1', 200],
    ['localhost:1', 200],
    ['LOCALHOST', 200],
    ['[::1]:10250', 200],
    ['[::1]', 200],
    ['box', 200],
    ['edge.example:443', 200],
    [undefined, 403],
    ['', 403],
    ['evil.example', 403],
    ['evil.example:10250', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1:10250:1', 403],
    ['127.0.0.1:x', 403],
    ['user@127.0.0.1', 403],
    ['::1', 403],
    ['[127.0.0.1]', 403],
    ['[::1', 403],
    ['127.0.0.1, evil.example', 403],
    ['127.1', 403],
    ['0.0.0.0', 403],
  ])('Host %j is answered with %i', (host, code) => {
    expect(codeOf({ host })).toBe(code);
  });

  test.each<[authorization: string | undefined, code: number]>([
    [`Bearer ${TOKEN}`, 200],
    [`bearer   ${TOKEN} `, 200],
    [undefined, 401],
    ['', 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    [TOKEN, 401],
    [`Basic ${TOKEN}`, 401],
    [`Bearer ${TOKEN} ${TOKEN}`, 401],
    [`Bearer ${TOKEN}x`, 401],
    [`Bearer ${TOKEN.slice(1)}`, 401],
    [`Bearer ${TOKEN.toLowerCase()}`, 401],
    [`Bearer ${'x'.repeat(10_000)}`, 401],
    [`Bearer ${'é'.repeat(TOKEN.length)}`, 401],
  ])('Authorization %j is answered with %i', (authorization, code) => {
    expect(codeOf({ authorization })).toBe(code);
  });

  test.each(['https://evil.example', 'https://127.0.0.1:10250', 'null', ''])(
    'Origin %j is refused, whatever token comes with it',
    (origin) => {
      expect(codeOf({ origin })).toBe(403);
    },
  );

  test('a cookie is no token', () => {
    expect(codeOf({ authorization: undefined, cookie: `token=${TOKEN}` })).toBe(401);
  });

  test('the refusal is a Status that says how to come in, and nothing of the token', () => {
    const refusal = guard({ host: 'localhost' });
    expect(refusal?.headers).toEqual({
      'content-type': 'application/json',
      connection: 'close',
      'www-authenticate': 'Bearer',
    });
    expect(JSON.parse(String(refusal?.body))).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      details: {},
      code: 401,
    });
  });
});

test('on the Unix socket only web pages are refused', () => {
  expect(refuseOrigin({})).toBeUndefined();
  expect(refuseOrigin({ host: 'evil.example' })).toBeUndefined();
  expect(refuseOrigin({ origin: 'null' })?.status).toBe(403);
});
