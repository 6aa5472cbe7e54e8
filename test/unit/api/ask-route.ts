import type { ApiRequest, ApiResponse } from '../../../src/api/message.ts';
import type { Route } from '../../../src/api/route.ts';

/** Asks the one route of that path, without a server. */
export async function askRoute(
  routes: readonly Route[],
  target: string,
  { method = 'GET', headers = {}, body = new Uint8Array() }: Partial<ApiRequest> = {},
): Promise<ApiResponse> {
  const { pathname: path, searchParams: query } = new URL(target, 'http://localhost');
  const [route, ...others] = routes.filter((each) => each.path === path && each.methods.includes(method));
  if (route === undefined || others.length > 0) throw new Error(`${1 + others.length} routes for ${path}`);
  const signal = new AbortController().signal;
  return route.handle({
    ...{ method, path, query, params: {}, body, signal },
    headers: { host: 'localhost:10250', ...headers },
  });
}

export function jsonOf({ body }: ApiResponse): unknown {
  if (typeof body === 'function') throw new Error('the body is streamed');
  return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString());
}
