import type { HealthSource, NodeSource } from './ports.ts';
import type { Route } from './route.ts';
import { eventsRoute } from './routes/events-route.ts';
import { healthRoutes } from './routes/health-route.ts';
import { statusRoute } from './routes/status-route.ts';
import { whyRoute } from './routes/why-route.ts';

/** Those that are ours and no Kubernetes server has, and its health checks. */
export function nodeRoutes(source: NodeSource & HealthSource): readonly Route[] {
  return [statusRoute(source), whyRoute(source), eventsRoute(source), ...healthRoutes(source)];
}
