import { type ApiRequest, type ApiResponse, createRouter, type Route } from '../../../src/api/index.ts';
import { type Logger, silentLogger } from '../../../src/base/index.ts';

/** A request for a path with a query, as the server would read it. */
export function apiRequest(target: string, changed: Partial<ApiRequest> = {}): Omit<ApiRequest, 'params'> {
  const [path = '', query = ''] = target.split('?');
  return {
    method: 'GET',
    path,
    query: new URLSearchParams(query),
    headers: {},
    body: new Uint8Array(),
    signal: new AbortController().signal,
    ...changed,
  };
}

/** Asks routes in process, without a socket. */
export function ask(
  routes: readonly Route[],
  target: string,
  changed: Partial<ApiRequest> = {},
  logger: Logger = silentLogger,
): Promise<ApiResponse> {
  return createRouter(routes, logger).answer(apiRequest(target, changed));
}

/** The whole body; of a streamed one what it writes until it ends. */
export async function bodyText({ body }: ApiResponse): Promise<string> {
  if (typeof body !== 'function') return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  const write = async (chunk: string | Uint8Array): Promise<void> => {
    chunks.push(Buffer.from(chunk));
  };
  await body({ write }, new AbortController().signal);
  return Buffer.concat(chunks).toString();
}
