import { status } from '@grpc/grpc-js';
import { type ErrorCode, TinyletError } from '../base/index.ts';

/** A call as far as an error has to name it. */
export interface FailedCall {
  readonly call: string;
  readonly socketPath: string;
  /** False where our signal did not end it: a CANCELLED then comes from a runtime that is shutting down. */
  readonly cancelledByUs?: boolean;
}

/** What gRPC says of a failed call. */
export interface GrpcFailure {
  readonly code: number;
  readonly details: string;
}

/** Part of containerd's words for a name that is taken. Its status is UNKNOWN up to 1.7, FAILED_PRECONDITION in 2.1. */
const NAME_RESERVED = 'is reserved for';

/** containerd answers so, with status UNKNOWN, from the moment it listens until its CRI plugin is ready. */
const STARTING = 'server is not initialized yet';

/** The one place where a gRPC status becomes an error of ours. The cause is kept. */
export function criError(failure: GrpcFailure, failed: FailedCall): TinyletError {
  const code = codeOf(failure, failed);
  return new TinyletError(code, messageFor(code, failure, failed), {
    cause: failure,
    facts: { call: failed.call, grpcCode: status[failure.code] ?? failure.code },
  });
}

/** An answer that says "done" but cannot be right. */
export function badAnswer(call: string, what: string): TinyletError {
  return new TinyletError('CRI_BAD_ANSWER', `the container runtime's answer to ${call} ${what}`, {
    facts: { call },
  });
}

function codeOf({ code, details }: GrpcFailure, { cancelledByUs }: FailedCall): ErrorCode {
  switch (code) {
    case status.NOT_FOUND:
      return 'CRI_NOT_FOUND';
    case status.UNAVAILABLE:
      return /\bEACCES\b/.test(details) ? 'CRI_PERMISSION' : 'CRI_UNAVAILABLE';
    case status.DEADLINE_EXCEEDED:
      return 'CRI_DEADLINE';
    case status.CANCELLED:
      return cancelledByUs === false ? 'CRI_UNAVAILABLE' : 'CRI_CANCELLED';
    case status.PERMISSION_DENIED:
      return 'CRI_PERMISSION';
    case status.UNIMPLEMENTED:
      return 'CRI_UNIMPLEMENTED';
    default:
      if (details.includes(STARTING)) return 'CRI_UNAVAILABLE';
      return details.includes(NAME_RESERVED) ? 'CRI_NAME_RESERVED' : 'CRI_FAILED';
  }
}

function messageFor(code: ErrorCode, { details }: GrpcFailure, { call, socketPath }: FailedCall): string {
  switch (code) {
    case 'CRI_UNAVAILABLE':
      return `cannot reach the container runtime at ${socketPath}: ${whyUnreachable(details)}`;
    case 'CRI_PERMISSION':
      return `not allowed to use the container runtime at ${socketPath}: run as root or as a user who may open the socket`;
    case 'CRI_UNIMPLEMENTED':
      // Every CRI v1 knows Version.
      return call === 'Version' || details.includes('unknown service')
        ? `the program at ${socketPath} does not serve CRI v1: tinylet needs containerd 1.6 or newer with its cri plugin enabled`
        : `the container runtime at ${socketPath} does not implement ${call}`;
    case 'CRI_DEADLINE':
      return `the container runtime did not answer ${call} in time`;
    case 'CRI_CANCELLED':
      return `${call} was cancelled`;
    default:
      return details === '' ? `the container runtime refused ${call} without a reason` : details;
  }
}

function whyUnreachable(details: string): string {
  if (/\bENOENT\b/.test(details)) return 'there is no such socket; is containerd running?';
  if (/\bECONNREFUSED\b/.test(details)) return 'nobody listens on the socket; is containerd running?';
  if (details.includes(STARTING)) return 'it is still starting';
  if (details.includes('Protocol error'))
    return 'what listens there does not speak gRPC, so it is no container runtime';
  // gRPC adds the time, which would make every error a new one.
  return details.replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)/g, '');
}
