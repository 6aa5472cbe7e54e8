/** A request as handlers see it, so that they can be tested without a socket. */
export interface ApiRequest {
  /** In capitals; HEAD arrives as GET, the server leaves the body out. */
  readonly method: string;
  /** Decoded by nobody yet: `/api/v1/pods`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonResponse(status: number, value: unknown): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

export function textResponse(status: number, body: string): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body,
  };
}
