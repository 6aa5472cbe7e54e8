import { textResponse } from '../message.ts';
import type { Route } from '../route.ts';

/** `/healthz` and `/livez`: whoever can answer is alive. A runtime that is away is no reason to restart the daemon. */
export function aliveRoute(path: '/healthz' | '/livez'): Route {
  return { path, methods: ['GET'], handle: () => textResponse(200, 'ok') };
}
