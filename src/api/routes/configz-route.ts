import { jsonResponse } from '../message.ts';
import type { DoorPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** `/configz`: the settings in force, each component's under its name. */
export function configzRoute({ settings }: Pick<DoorPorts, 'settings'>): Route {
  return { path: '/configz', methods: ['GET'], handle: () => jsonResponse(200, settings()) };
}
