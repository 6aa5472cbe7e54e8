import { errnoOf, messageOf } from '../base/index.ts';
import { addressText } from './address-text.ts';

/** Go's words for what keeps a connection from being made: the text of the system's error numbers, in lower case. */
const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'connect: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  EHOSTDOWN: 'connect: host is down',
  ENETUNREACH: 'connect: network is unreachable',
  ENETDOWN: 'connect: network is down',
  ETIMEDOUT: 'connect: connection timed out',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  EACCES: 'connect: permission denied',
  EPERM: 'connect: operation not permitted',
  EINVAL: 'connect: invalid argument',
  EMFILE: 'socket: too many open files',
  ENFILE: 'socket: too many open files in system',
};

const LOOKUP: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'server misbehaving',
};

/** How OpenSSL calls an answer that is no TLS; which one it is depends on its version and on what was answered. */
const NO_TLS = /wrong version number|packet length too long|http request/;

/** What went wrong between us and `host:port`, in the words that users know from the kubelet, which are Go's. */
export function failureWords(error: unknown, host: string, port: number): string {
  const first = firstOf(error);
  const code = errnoOf(first) ?? '';
  const lookup = LOOKUP[code];
  if (lookup !== undefined) return `dial tcp: lookup ${host}: ${lookup}`;
  const connect = CONNECT[code];
  const dialled = syscallOf(first) === 'connect' || code === 'EMFILE' || code === 'ENFILE';
  if (connect !== undefined && dialled)
    return `dial tcp ${addressText(addressOf(first) ?? host, port)}: ${connect}`;
  if (code === 'ECONNRESET') return isHangUp(first) ? 'EOF' : 'read: connection reset by peer';
  if (code === 'EPIPE') return 'write: broken pipe';
  if (code === 'HPE_HEADER_OVERFLOW') return 'net/http: server response headers exceeded the limit';
  if (code.startsWith('HPE_'))
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response: ${messageOf(first)}`;
  if (code === 'ERR_INVALID_CHAR') return 'net/http: invalid header field value';
  if (code === 'ERR_INVALID_HTTP_TOKEN') return 'net/http: invalid header field name';
  const reason = tlsReason(first);
  return reason === undefined ? messageOf(first) : tlsWords(reason);
}

function tlsWords(reason: string): string {
  if (NO_TLS.test(reason)) return 'http: server gave HTTP response to HTTPS client';
  const [, alert] = / alert (.+)$/.exec(reason) ?? [];
  return alert === undefined ? `tls: ${reason}` : `remote error: tls: ${alert}`;
}

/** Where a name has several addresses, each has its failure: one of them stands for all. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
}

function syscallOf(error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? error.syscall : undefined;
}

/** What OpenSSL says, for errors that come from it: by itself, or within a text that is different every time. */
function tlsReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('reason' in error && 'library' in error) return String(error.reason);
  return /SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1];
}

function addressOf(error: unknown): string | undefined {
  return error instanceof Error && 'address' in error && typeof error.address === 'string'
    ? error.address
    : undefined;
}

/** Node reports a connection that the server closed before it answered as a reset without a system call. */
function isHangUp(error: unknown): boolean {
  return syscallOf(error) === undefined;
}
