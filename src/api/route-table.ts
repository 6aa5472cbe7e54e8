import type { ApiResponse } from './message.ts';
import type { Route } from './route.ts';
import { statusError } from './status-error.ts';

/** A route that takes a request, and what its path names; or why none does, as a Kubernetes API server says it. */
export type Found =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly refusal: ApiResponse };

export type RouteTable = (method: string, path: string) => Found;

/** Names are 253 characters at most, and escaped up to three times as long; what is longer is for the routes to refuse. */
const MAX_PARAM_CHARACTERS = 4096;

/** Several routes may share a path, each with methods of its own. The package is loaded by whoever asks first, not with the daemon. */
export async function createRouteTable(routes: readonly Route[]): Promise<RouteTable> {
  const { default: findMyWay } = await import('find-my-way');
  const tree = findMyWay({ maxParamLength: MAX_PARAM_CHARACTERS });
  for (const [path, sharing] of byPath(routes)) {
    // All under one method, so that a path that is there can be told from one that is not.
    tree.on('GET', path, neverCalled, sharing);
  }
  return (method, path) => {
    const found = tree.find('GET', method === 'DELETE' ? path : withoutLastSlash(path));
    const sharing: readonly Route[] = found?.store ?? [];
    const params = namesOf(found?.params ?? {});
    if (sharing.length === 0 || params === undefined)
      return {
        refusal: statusError('NotFound', 'the server could not find the requested resource'),
      };
    const route = sharing.find(({ methods }) => methods.includes(method));
    return route === undefined ? { refusal: refuseMethod(sharing) } : { route, params };
  };
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const sharing = new Map<string, Route[]>();
  for (const route of routes) {
    const others = sharing.get(route.path);
    if (others === undefined) sharing.set(route.path, [route]);
    else others.push(route);
  }
  return sharing;
}

/**
 * Kubernetes answers `/api/v1/` like `/api/v1`, and generated clients ask so; a node's own doors, `/logs/` and others, are strict. A
 * DELETE is held to its path, for one whose name came out empty would be of all there is.
 */
function withoutLastSlash(path: string): string {
  return /^\/(api|apis|version)\/(.*[^/]\/)?$/.test(path) ? path.slice(0, -1) : path;
}

/** Undefined where a name is empty: `/api/v1/namespaces//pods` names no namespace. */
function namesOf(
  params: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> | undefined {
  const names = Object.entries(params).map(([name, value]): [string, string] => [name, value ?? '']);
  return names.some(([, value]) => value === '') ? undefined : Object.fromEntries(names);
}

function refuseMethod(sharing: readonly Route[]): ApiResponse {
  const allow = [...new Set(sharing.flatMap(({ methods }) => methods))].join(', ');
  const message = 'the server does not allow this method on the requested resource';
  return statusError('MethodNotAllowed', message, {}, { allow });
}

function neverCalled(): void {}
