import { ApiFailure } from '../apimachinery/index.ts';
import { type Logger, messageOf } from '../base/index.ts';
import type { ApiRequest, ApiResponse, UpgradeRequest } from './message.ts';
import type { Route } from './route.ts';
import { createRouteTable, type Found, type RouteTable } from './route-table.ts';
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

export function createRouter(routes: readonly Route[], logger: Logger): Router {
  let table: Promise<RouteTable> | undefined;
  const find = async ({ method, path }: { method: string; path: string }): Promise<Found> => {
    table ??= createRouteTable(routes);
    return (await table)(method, path);
  };
  const failed = (err: unknown, { path, signal }: { path: string; signal: AbortSignal }): ApiResponse => {
    if (err instanceof ApiFailure) return failureResponse(err);
    // Whose client has gone may fail in any way; there is nobody to tell.
    if (!signal.aborted) logger.error({ err, path }, 'request failed');
    return statusError('InternalError', `Internal error occurred: ${messageOf(err)}`);
  };
  return {
    async answer(request) {
      try {
        const found = await find(request);
        if ('refusal' in found) return found.refusal;
        return await found.route.handle({ ...request, params: found.params });
      } catch (err) {
        return failed(err, request);
      }
    },
    async upgrade(request) {
      try {
        const found = await find(request);
        if ('refusal' in found) return found.refusal;
        if (found.route.upgrade === undefined) return NO_UPGRADE;
        await found.route.upgrade({ ...request, params: found.params });
        return undefined;
      } catch (err) {
        return failed(err, request);
      }
    },
  };
}

const NO_UPGRADE = statusError('BadRequest', 'this resource does not change protocols');
