/**
 * api: the node API, HTTP over a Unix socket that only its owner can open, and over TCP for who has the token. In: the
 * narrow ports it declares itself (ports.ts), wired by daemon/. Out: a server.
 * Invariants: handlers are plain functions, testable without a socket; nothing here knows reconcile/; no client can make
 * the server wait for ever or hold memory without bound.
 */
export type { ApiLimits } from './api-limits.ts';
export type { TcpAddress } from './bind-port.ts';
export { loadApiRoutes } from './load-api-routes.ts';
export type { ApiRequest, ApiResponse, BodySink, StreamedBody, UpgradeRequest } from './message.ts';
export { nodeRoutes } from './node-routes.ts';
export { insecureDoor, readOnlyDoor } from './plain-doors.ts';
export type { PlainDoor } from './plain-listener.ts';
export type {
  ApiPorts,
  CommandRunner,
  ContainerRef,
  Deletion,
  DoorPorts,
  EventSource,
  Exposition,
  HealthCheck,
  HealthSource,
  LogRequest,
  LogSource,
  ManifestReader,
  MetricsSource,
  NodeSource,
  ObjectName,
  ObjectWriter,
  PodUsage,
  PodVersions,
  RunningContainer,
  RuntimeStreams,
  StatusSource,
  Usage,
  UsageSource,
  WhySource,
} from './ports.ts';
export type { Route } from './route.ts';
export { createRouter, type Router } from './router.ts';
export { gitVersionOf } from './routes/version-route.ts';
export { type RunProgress, runProgress } from './runs/run-progress.ts';
export { type ApiServer, type ApiServerOptions, createApiServer } from './server.ts';
export type { TcpAccess, TcpCredentials, TcpOptions } from './tcp-listener.ts';
