import { type Logger, messageOf } from '../base/index.ts';
import type { ApiRequest, ApiResponse } from './message.ts';
import type { Route } from './route.ts';
import { statusError } from './status-error.ts';

/** Answers every request, whatever it is; never rejects. */
export type Handler = (request: ApiRequest) => Promise<ApiResponse>;

/** Chooses the route by its exact path. What no route takes gets the answer a Kubernetes API server would give. */
export function createRouter(routes: readonly Route[], logger: Logger): Handler {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  return async (request) => {
    const route = byPath.get(request.path);
    if (route === undefined)
      return statusError('NotFound', 'the server could not find the requested resource');
    if (!route.methods.includes(request.method)) {
      const refusal = statusError(
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
      );
      return { ...refusal, headers: { ...refusal.headers, allow: route.methods.join(', ') } };
    }
    try {
      return await route.handle(request);
    } catch (err) {
      logger.error({ err, path: request.path }, 'request failed');
      return statusError('InternalError', `Internal error occurred: ${messageOf(err)}`);
    }
  };
}
