import type { StatusSource } from './ports.ts';
import type { Route } from './route.ts';
import { aliveRoute } from './routes/alive-route.ts';
import { readyRoute } from './routes/ready-route.ts';
import { statusRoute } from './routes/status-route.ts';

/** Every route the node API has so far. */
export function nodeRoutes(source: StatusSource): readonly Route[] {
  return [statusRoute(source), aliveRoute('/healthz'), aliveRoute('/livez'), readyRoute(source)];
}
