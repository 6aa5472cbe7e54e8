import { ApiFailure, STATUS_CODE } from '../apimachinery/index.ts';
import { type Logger, messageOf, once } from '../base/index.ts';
import type { ApiRequest, ApiResponse, UpgradeRequest } from './message.ts';
import type { Route } from './route.ts';
import { createRouteTable, type Found } from './route-table.ts';
import { failureResponse, statusError } from './status-error.ts';

/** Hands every request to its route. What none takes, and what one throws, becomes the Status a Kubernetes API server would answer. */
export interface Router {
  /** Never rejects. */
  answer(request: Omit<ApiRequest, 'params'>): Promise<ApiResponse>;
  /**
   * Gives the connection to the route that takes it; it belongs to the route once this resolves to undefined. Otherwise to what is to be
   * answered, where nothing was written yet. Never rejects.
   */
  upgrade(request: Omit<UpgradeRequest, 'params'>): Promise<ApiResponse | undefined>;
}

export function createRouter(
  routes: readonly Route[],
  logger: Logger,
  loadFurther: () => Promise<readonly Route[]> = () => Promise.resolve([]),
): Router {
  const first = once(() => createRouteTable(routes));
  const further = once(async () => createRouteTable(await loadFurther()));
  const find = async ({ method, path }: { method: string; path: string }): Promise<Found> => {
    const found = (await first())(method, path);
    const isUnknown = 'refusal' in found && found.refusal.status === STATUS_CODE.NotFound;
    return isUnknown ? (await further())(method, path) : found;
  };
  const failed = (
    err: unknown,
    { path, signal }: { path: string; signal: AbortSignal },
    refuse: Route['refuse'] = failureResponse,
  ): ApiResponse => {
    if (err instanceof ApiFailure) return refuse(err);
    // Whose client has gone may fail in any way; there is nobody to tell.
    if (!signal.aborted) logger.error({ err, path }, 'request failed');
    return refuse(new ApiFailure('InternalError', `Internal error occurred: ${messageOf(err)}`));
  };
  return {
    async answer(request) {
      let route: Route | undefined;
      try {
        const found = await find(request);
        if ('refusal' in found) return found.refusal;
        route = found.route;
        return await route.handle({ ...request, params: found.params });
      } catch (err) {
        return failed(err, request, route?.refuse);
      }
    },
    async upgrade(request) {
      let route: Route | undefined;
      try {
        const found = await find(request);
        if ('refusal' in found) return found.refusal;
        route = found.route;
        if (route.upgrade === undefined) return NO_UPGRADE;
        await route.upgrade({ ...request, params: found.params });
        return undefined;
      } catch (err) {
        return failed(err, request, route?.refuse);
      }
    },
  };
}

const NO_UPGRADE = statusError('BadRequest', 'this resource does not change protocols');
