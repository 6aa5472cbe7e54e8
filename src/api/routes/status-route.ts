import { jsonResponse } from '../message.ts';
import type { StatusSource } from '../ports.ts';
import type { Route } from '../route.ts';

/** The whole node in one answer: what `tinylet status` shows. */
export function statusRoute(source: StatusSource): Route {
  return { path: '/status', methods: ['GET'], handle: () => jsonResponse(200, source.report()) };
}
