import { stat } from 'node:fs/promises';
import { createAccess } from '../access/index.ts';
import {
  type ApiPorts,
  type ApiServer,
  createApiServer,
  gitVersionOf,
  insecureDoor,
  loadApiRoutes,
  nodeRoutes,
  type PlainDoor,
  type Route,
  readOnlyDoor,
} from '../api/index.ts';
import { type Logger, once } from '../base/index.ts';
import { parseApart } from '../manifest/index.ts';
import { eventReport } from '../status/index.ts';
import { type NodeObjects, objectsDirectory, openNodeObjects } from '../store/index.ts';
import { containerLogs } from './container-logs.ts';
import { firstLook } from './first-look.ts';
import type { Node } from './node.ts';
import { nodeDoors } from './node-doors.ts';
import { nodeUsage } from './node-usage.ts';
import { AttendedRuns, type OneShotPod, removeOneShotPods } from './one-shot-pods.ts';
import type { DaemonOptions, NodePorts } from './options.ts';
import { runtimeStreams } from './runtime-streams.ts';
import { type KeptPod, removeTerminatedPods } from './terminated-pods.ts';

/** The API of a node: what it serves, and where. */
export interface NodeApi {
  readonly server: ApiServer;
  close(): Promise<void>;
}

/** Puts together what the API serves. Nothing of it costs anything before somebody asks. Listens nowhere yet. */
export async function createNodeApi(options: DaemonOptions, ports: NodePorts, node: Node): Promise<NodeApi> {
  const { clock, logger } = ports;
  const ending = new AbortController();
  const stored = await openObjects(options, ports, { node, signal: ending.signal });
  node.reconciler.onChange(() => stored.noteChange());
  node.onEvent(() => stored.noteChange());
  const { terminatedPodRetentionMs: forMs, rootDir } = options;
  if (forMs !== undefined) {
    const pods = (): readonly KeptPod[] => node.reconciler.pods();
    const remove = (pod: KeptPod): Promise<unknown> => stored.writer.delete('pods', pod, {});
    const retention = { forMs, directory: objectsDirectory(rootDir) };
    void removeTerminatedPods({ clock, logger, pods, remove }, retention, ending.signal);
  }
  const runs = new AttendedRuns();
  const apiPorts: ApiPorts = {
    ...apiPortsOf(options, ports, { node, stored }),
    attendRun: (uid) => runs.attend(uid),
  };
  const looked = firstLook(node.reconciler);
  const oneShots = {
    pods: (): readonly OneShotPod[] => node.reconciler.pods(),
    remove: (pod: OneShotPod) => stored.writer.delete('pods', pod, { gracePeriodSeconds: 1 }),
  };
  const directory = objectsDirectory(rootDir);
  void looked.then(() =>
    removeOneShotPods({ clock, logger, ...oneShots }, { directory, attended: runs }, ending.signal),
  );
  const furtherRoutes = once(async () => {
    await looked;
    return loadApiRoutes(apiPorts);
  });
  const server = createApiServer({
    ...{ socketPath: options.apiSocket, logger, clock },
    routes: nodeRoutes(apiPorts),
    furtherRoutes,
    ...tcpOf(options, ports),
    plainDoors: plainDoorsOf(options, { ports: apiPorts, routes: furtherRoutes, logger }),
  });
  return {
    server,
    async close() {
      await server.close();
      ending.abort();
      stored.close();
    },
  };
}

async function openObjects(
  { rootDir, nodeName, maxManifestBytes, apiAddress }: DaemonOptions,
  { clock, logger, version }: NodePorts,
  { node, signal }: { readonly node: Node; readonly signal: AbortSignal },
): Promise<NodeObjects> {
  const { reconciler, events } = node;
  // A root directory is as old as the node.
  const { birthtimeMs, mtimeMs } = await stat(rootDir);
  const port = apiAddress?.port ?? 0;
  return openNodeObjects(
    {
      ...{ rootDir, nodeName, maxManifestBytes, kubeletVersion: gitVersionOf(version) },
      createdAtMs: birthtimeMs > 0 ? birthtimeMs : mtimeMs,
      ...(port > 0 && { apiPort: port }),
    },
    {
      ...{ clock, logger, state: reconciler, commands: reconciler, added: node.added },
      events: () => events.list(),
      parse: (manifest) => parseApart(manifest, { clock, signal }),
    },
  );
}

function apiPortsOf(
  options: DaemonOptions,
  ports: NodePorts,
  { node, stored }: { readonly node: Node; readonly stored: NodeObjects },
): Omit<ApiPorts, 'attendRun'> {
  const { nodeName } = options;
  const { clock, logger, random, version } = ports;
  const { reconciler, events, cri } = node;
  return {
    ...nodeDoors(options, ports, node),
    ...{ nodeName, version, clock, objects: stored.objects, writer: stored.writer },
    report: () => reconciler.report(),
    why: (namespace, name) => reconciler.why(namespace, name),
    events: (filter) => events.list(filter).map(eventReport),
    streams: runtimeStreams(cri),
    logs: containerLogs({
      ...{ clock, logger, cri },
      isRunning: (id) => reconciler.container(id)?.state === 'running',
      onChange: (listener) => reconciler.onChange(listener),
    }),
    usage: nodeUsage({
      meters: node.meters,
      containers: () => reconciler.inventory().containers,
      labelsOf: ({ namespace, name }) => {
        const of = reconciler.pods().find((pod) => pod.namespace === namespace && pod.name === name);
        return of?.pod?.metadata.labels ?? {};
      },
    }),
    nowMs: () => clock.nowMs(),
    newUid: () => random.uuid(),
  };
}

function plainDoorsOf(
  { readOnlyPort, insecureHttpAddress }: DaemonOptions,
  given: {
    readonly ports: ApiPorts;
    readonly routes: () => Promise<readonly Route[]>;
    readonly logger: Logger;
  },
): readonly PlainDoor[] {
  return [
    ...(readOnlyPort === undefined ? [] : [readOnlyDoor(readOnlyPort, given)]),
    ...(insecureHttpAddress === undefined ? [] : [insecureDoor(insecureHttpAddress, given)]),
  ];
}

function tcpOf(
  { rootDir, nodeName, apiAddress: address, apiNames: names }: DaemonOptions,
  { clock, logger }: NodePorts,
): Pick<Parameters<typeof createApiServer>[0], 'tcp'> {
  if (address === undefined) return {};
  return {
    tcp: { address, access: createAccess({ rootDir, host: address.host, nodeName, names, clock, logger }) },
  };
}
