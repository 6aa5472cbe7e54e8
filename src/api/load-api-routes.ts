import type { ApiPorts } from './ports.ts';
import type { Route } from './route.ts';

/** Every route of the node API but those of nodeRoutes. They are many: a daemon whose API nobody uses does without them. */
export async function loadApiRoutes(ports: ApiPorts): Promise<readonly Route[]> {
  const { apiRoutes } = await import('./routes.ts');
  return apiRoutes(ports);
}
