import type { NodeSource } from './ports.ts';
import type { Route } from './route.ts';
import { aliveRoute } from './routes/alive-route.ts';
import { eventsRoute } from './routes/events-route.ts';
import { readyRoute } from './routes/ready-route.ts';
import { statusRoute } from './routes/status-route.ts';
import { whyRoute } from './routes/why-route.ts';

/** Every route the node API has so far. */
export function nodeRoutes(source: NodeSource): readonly Route[] {
  return [
    statusRoute(source),
    whyRoute(source),
    eventsRoute(source),
    aliveRoute('/healthz'),
    aliveRoute('/livez'),
    readyRoute(source),
  ];
}
