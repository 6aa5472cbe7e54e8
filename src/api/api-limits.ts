/** No client, however slow or greedy, can hold a connection or memory for longer or larger than this. */
export interface ApiLimits {
  readonly headerBytes: number;
  /** Of one request. Kubernetes' API servers take as much (apiserver: pkg/server/config.go, MaxRequestBodyBytes). */
  readonly bodyBytes: number;
  /** Of all requests that are read or answered at one time. */
  readonly bodiesBytes: number;
  /** For the headers to arrive, and for the whole request. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Without a byte in either direction, but for streams and while an answer is made. */
  readonly idleMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveMs: number;
  readonly connections: number;
  /** On one connection that have no answer yet. Clients of Kubernetes send one at a time. */
  readonly pipelined: number;
}

export const API_LIMITS: ApiLimits = {
  headerBytes: 16 * 1024,
  bodyBytes: 3 * 1024 ** 2,
  bodiesBytes: 32 * 1024 ** 2,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 30_000,
  // client-go closes its idle connections after 90 s: whoever closes first must not be the server, or a request may be under way already.
  keepAliveMs: 100_000,
  connections: 256,
  pipelined: 100,
};
