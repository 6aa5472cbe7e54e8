import { describe, expect, test } from 'vitest';
import { readRunRequest } from '../../../../src/api/runs/run-request.ts';
import { ApiFailure } from '../../../../src/apimachinery/index.ts';

const read = (body: unknown) =>
  readRunRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

const plain = { image: 'i', command: [], args: [], env: [], timeoutMs: 300_000, namespace: 'default' };

describe('a request', () => {
  test.each<[what: string, body: object, changed: object]>([
    ['an image alone', {}, {}],
    [
      'words',
      { command: ' sh  -c\n', args: 'hello world' },
      { command: ['sh', '-c'], args: ['hello', 'world'] },
    ],
    ['lists', { command: ['a b', ''], args: ['"'] }, { command: ['a b', ''], args: ['"'] }],
    ['nothing', { command: '', args: [], stdin: '', env: null }, {}],
    [
      'variables',
      { env: { A: 'a', B: '' } },
      {
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '' },
        ],
      },
    ],
    [
      'a list of them',
      { env: [{ name: 'A', value: 'a' }, { name: 'B' }] },
      {
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '' },
        ],
      },
    ],
    ['input', { stdin: 'x\n' }, { stdin: 'x\n' }],
    ['time', { timeout_seconds: 0.5 }, { timeoutMs: 500 }],
    ['a namespace', { namespace: 'prod' }, { namespace: 'prod' }],
    ['resources', { resources: { limits: { cpu: 1 } } }, { resources: { limits: { cpu: 1 } } }],
  ])('with %s', (_, body, changed) => {
    expect(read({ image: 'i', ...body })).toEqual({ ...plain, ...changed });
  });

  test.each<[body: unknown, message: string | RegExp]>([
    ['', /^there is no body: send one like \{"image"/],
    ['image=i', /^the body is not JSON \(.*\): send/],
    ['[]', /^the body is no JSON object: send/],
    [{}, 'image: which one is to run?'],
    [{ image: 1 }, 'image: must be a string'],
    [{ image: 'i', command: 1 }, 'command: must be a string or a list of strings'],
    [{ image: 'i', command: ['a', null] }, 'command[1]: must be a string'],
    [{ image: 'i', env: { A: 1 } }, 'env.A: must be a string'],
    [{ image: 'i', env: 'A=1' }, 'env: must be an object of strings, or a list of {"name", "value"}'],
    [
      { image: 'i', env: [{ name: 'A', valueFrom: {} }] },
      'env[0].valueFrom: unknown; there are name and value',
    ],
    [{ image: 'i', timeout_seconds: 0 }, 'timeout_seconds: must be a number above 0, and no more than 86400'],
    [{ image: 'i', timeout_seconds: '5' }, /^timeout_seconds: must be/],
    [{ image: 'i', resources: [] }, 'resources: must be an object'],
    [
      { image: 'i', 'en\nv': {}, args: 1 },
      /^"en\\nv": unknown; there are image, .*; args: must be a string or/,
    ],
  ])('%j is refused', (body, message) => {
    const refusal = expect.objectContaining({
      reason: 'BadRequest',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(() => read(body)).toThrow(ApiFailure);
    expect(() => read(body)).toThrow(refusal);
  });
});
