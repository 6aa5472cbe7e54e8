import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { criError } from '../../../src/cri/failure.ts';

const failed = { call: 'CreateContainer', socketPath: '/run/x.sock' };

test.each([
  [status.NOT_FOUND, 'container not found', 'CRI_NOT_FOUND', 'container not found'],
  [
    status.UNAVAILABLE,
    'No connection established. Last error: connect ENOENT /run/x.sock',
    'CRI_UNAVAILABLE',
    'no such socket; is containerd running?',
  ],
  [
    status.UNAVAILABLE,
    'Last error: connect ECONNREFUSED /run/x.sock',
    'CRI_UNAVAILABLE',
    'nobody listens on the socket',
  ],
  [status.UNAVAILABLE, 'Connection dropped', 'CRI_UNAVAILABLE', '/run/x.sock: Connection dropped'],
  [
    status.UNAVAILABLE,
    'No connection established. Last error: Protocol error (2026-01-02T03:04:05.678Z).',
    'CRI_UNAVAILABLE',
    'does not speak gRPC',
  ],
  [
    status.UNAVAILABLE,
    'Last error: odd (2026-01-02T03:04:05.678Z). x',
    'CRI_UNAVAILABLE',
    'Last error: odd. x',
  ],
  [status.UNAVAILABLE, 'Last error: connect EACCES /run/x.sock', 'CRI_PERMISSION', 'run as root'],
  [status.PERMISSION_DENIED, 'no', 'CRI_PERMISSION', '/run/x.sock'],
  [status.DEADLINE_EXCEEDED, 'Deadline exceeded', 'CRI_DEADLINE', 'did not answer CreateContainer in time'],
  [status.CANCELLED, 'Cancelled on client', 'CRI_CANCELLED', 'CreateContainer was cancelled'],
  [
    status.UNIMPLEMENTED,
    'unknown service runtime.v1.RuntimeService',
    'CRI_UNIMPLEMENTED',
    'does not serve CRI v1: tinylet needs containerd 1.6',
  ],
  [status.UNIMPLEMENTED, 'unknown method X', 'CRI_UNIMPLEMENTED', 'does not implement CreateContainer'],
  [
    status.UNKNOWN,
    'failed to reserve container name "a_b": name "a_b" is reserved for "123"',
    'CRI_NAME_RESERVED',
    'is reserved for',
  ],
  [status.FAILED_PRECONDITION, 'name "a_b" is reserved for "123"', 'CRI_NAME_RESERVED', 'is reserved for'],
  [status.UNKNOWN, 'server is not initialized yet', 'CRI_UNAVAILABLE', '/run/x.sock: it is still starting'],
  [status.UNKNOWN, 'it broke', 'CRI_FAILED', 'it broke'],
  [status.INTERNAL, '', 'CRI_FAILED', 'refused CreateContainer without a reason'],
])('status %i "%s" becomes %s', (code, details, expected, words) => {
  const error = criError({ code, details }, failed);
  expect(error.code).toBe(expected);
  expect(error.message).toContain(words);
  expect(error.facts).toEqual({ call: 'CreateContainer', grpcCode: status[code] });
  expect(error.cause).toEqual({ code, details });
});

test('a cancellation that is not ours means that the runtime goes down', () => {
  const failure = { code: status.CANCELLED, details: 'context canceled' };
  expect(criError(failure, { ...failed, cancelledByUs: false }).code).toBe('CRI_UNAVAILABLE');
});
