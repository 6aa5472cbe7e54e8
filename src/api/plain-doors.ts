import { METHODS } from 'node:http';
import type { Logger } from '../base/index.ts';
import type { TcpAddress } from './bind-port.ts';
import { createLoopbackGuard } from './guard.ts';
import { textResponse } from './message.ts';
import type { PlainDoor } from './plain-listener.ts';
import type { ApiPorts } from './ports.ts';
import type { Route } from './route.ts';

/** What the kubelet shows to who has its token alone (kubelet: server.go InstallDebuggingDisabledHandlers). */
const DEBUG_PATHS = [
  ...['/run', '/exec', '/attach', '/portForward', '/containerLogs'],
  ...['/runningpods', '/logs', '/configz', '/debug/pprof'],
];

/** Both loopback addresses of a port. */
function loopbackOf(port: number): readonly TcpAddress[] {
  return [
    { host: '127.0.0.1', port },
    { host: '::1', port },
  ];
}

/** The kubelet's read-only port: how the node and its pods are, for whoever is on this machine. */
export function readOnlyDoor(
  port: number,
  { ports, logger }: { ports: ApiPorts; logger: Logger },
): PlainDoor {
  return {
    addresses: loopbackOf(port),
    guard: createLoopbackGuard({ refuseFetch: false }),
    routes: () => readOnlyRoutes(ports),
    opened: (address) => logger.info({ ...address }, 'read-only port is served'),
  };
}

/** Whoever reaches it may start pods. `routes` are those of the API, of which it has two: what counts runs is the same for all doors. */
export function insecureDoor(
  address: TcpAddress,
  { routes, logger }: { routes: () => Promise<readonly Route[]>; logger: Logger },
): PlainDoor {
  return {
    addresses: [address],
    guard: createLoopbackGuard({ refuseFetch: true }),
    routes: async () => [
      ...(await routes()).filter(
        ({ path, methods }) => OPEN_PATHS.includes(path) && methods.includes('POST'),
      ),
      ...OPEN_PATHS.map(onlyPosted),
    ],
    opened: (opened) =>
      logger.warn({ ...opened }, 'pods can be started here in the clear: any user of this machine is root'),
  };
}

const OPEN_PATHS = ['/', '/pods'];

/** Who forgets curl's -d reads what it is for. Browsers do not come this far. */
function onlyPosted(path: string): Route {
  const { headers, ...answer } = textResponse(405, 'POST a manifest to /pods, or a run as JSON to /\n');
  const handle = (): ReturnType<Route['handle']> => ({ ...answer, headers: { ...headers, allow: 'POST' } });
  return { path, methods: METHODS.filter((method) => method !== 'POST'), handle };
}

async function readOnlyRoutes(ports: ApiPorts): Promise<readonly Route[]> {
  const [health, pods, machine, metrics, summary] = await Promise.all([
    import('./routes/health-route.ts'),
    import('./routes/kubelet-pods-route.ts'),
    import('./routes/machine-spec-route.ts'),
    import('./routes/metrics-route.ts'),
    import('./routes/stats-summary-route.ts'),
  ]);
  const shown = [
    ...health.healthRoutes(ports),
    ...pods.kubeletPodsRoutes(ports, { masked: true }),
    ...machine.machineSpecRoutes(ports),
    ...metrics.metricsRoutes(ports),
    ...summary.statsSummaryRoutes(ports),
  ];
  return [...shown.filter(isRead).map(readOnly), ...DEBUG_PATHS.flatMap(closed)];
}

function isRead({ methods }: Route): boolean {
  return methods.includes('GET');
}

function readOnly(route: Route): Route {
  return { path: route.path, methods: ['GET'], handle: (request) => route.handle(request) };
}

function closed(path: string): readonly Route[] {
  const handle = (): ReturnType<Route['handle']> => textResponse(405, 'Debug endpoints are disabled.\n');
  return [path, `${path}/`, `${path}/*`].map((each) => ({ path: each, methods: METHODS, handle }));
}
