import type { Resource } from '../resource.ts';
import { configMaps } from './config-maps.ts';
import { events } from './events.ts';
import { leases } from './leases.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { persistentVolumeClaims } from './persistent-volume-claims.ts';
import { pods } from './pods.ts';
import { runtimeClasses } from './runtime-classes.ts';
import { secrets } from './secrets.ts';

/** Every kind of object that is served: what discovery lists, and what there are routes and sources for. */
export const ALL_RESOURCES: readonly Resource[] = [
  pods,
  nodes,
  namespaces,
  configMaps,
  secrets,
  events,
  persistentVolumeClaims,
  runtimeClasses,
  leases,
];
