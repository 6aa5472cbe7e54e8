import { fileURLToPath } from 'node:url';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { expect, test } from 'vitest';

/** The bytes that servers written from the protocol's own definition exchange; a wrong number in ours would agree with itself. */
const file = fileURLToPath(new URL('../../../proto/grpc-health.proto', import.meta.url));
const service = loadSync(file, { keepCase: true, enums: String, defaults: true })[
  'grpc.health.v1.Health'
] as ServiceDefinition;

test('the call', () => {
  expect(Object.keys(service)).toEqual(['Check']);
  expect(service.Check).toMatchObject({
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
  });
});

test.each([
  ['', '0a00'],
  ['shop', '0a0473686f70'],
])('a question for %j', (asked, bytes) => {
  expect(service.Check?.requestSerialize({ service: asked }).toString('hex')).toBe(bytes);
});

test.each([
  ['', 'UNKNOWN'],
  ['0801', 'SERVING'],
  ['0802', 'NOT_SERVING'],
  ['0803', 'SERVICE_UNKNOWN'],
])('the answer %s', (bytes, status) => {
  expect(service.Check?.responseDeserialize(Buffer.from(bytes, 'hex'))).toEqual({ status });
});
