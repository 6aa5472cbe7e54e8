import { Limiter } from '../base/index.ts';
import { UNSTORED_RESOURCES } from './discovery/listed-resource.ts';
import type { ApiPorts } from './ports.ts';
import { ALL_RESOURCES } from './resources/all-resources.ts';
import type { Route } from './route.ts';
import { configzRoute } from './routes/configz-route.ts';
import { containerLogsRoute } from './routes/container-logs-route.ts';
import { discoveryRoutes } from './routes/discovery-route.ts';
import { kubeletAttachRoutes } from './routes/kubelet-attach-route.ts';
import { kubeletExecRoutes } from './routes/kubelet-exec-route.ts';
import { kubeletPodsRoutes } from './routes/kubelet-pods-route.ts';
import { kubeletPortForwardRoutes } from './routes/kubelet-port-forward-route.ts';
import { machineSpecRoutes } from './routes/machine-spec-route.ts';
import { metricsRoutes } from './routes/metrics-route.ts';
import { nodeLogsRoutes } from './routes/node-logs-route.ts';
import { nodeMetricsRoutes } from './routes/node-metrics-route.ts';
import { objectRoutes } from './routes/object-routes.ts';
import { objectStatusRoute } from './routes/object-status-route.ts';
import { openApiRoutes } from './routes/openapi-route.ts';
import { podAttachRoute } from './routes/pod-attach-route.ts';
import { podEphemeralContainersRoutes } from './routes/pod-ephemeral-containers-route.ts';
import { podEvictionRoute } from './routes/pod-eviction-route.ts';
import { podExecRoute } from './routes/pod-exec-route.ts';
import { podLogRoute } from './routes/pod-log-route.ts';
import { podMetricsRoutes } from './routes/pod-metrics-route.ts';
import { podPortForwardRoute } from './routes/pod-port-forward-route.ts';
import { podStatusRoutes } from './routes/pod-status-route.ts';
import { podletRoute } from './routes/podlet-route.ts';
import { runCommandRoutes } from './routes/run-command-route.ts';
import { runToCompletionRoute } from './routes/run-to-completion-route.ts';
import { runningPodsRoutes } from './routes/running-pods-route.ts';
import { selfSubjectReviewRoutes } from './routes/self-subject-review-route.ts';
import { statsSummaryRoutes } from './routes/stats-summary-route.ts';
import { gitVersionOf, versionRoute } from './routes/version-route.ts';
import type { ObjectPorts } from './verbs/verb.ts';

/** Every route of the node API but those of nodeRoutes. */
export function apiRoutes(ports: ApiPorts): readonly Route[] {
  return [
    ...selfRoutes(ports),
    ...storedRoutes(ports),
    podExecRoute(ports),
    podAttachRoute(ports),
    podPortForwardRoute(ports),
    podLogRoute(ports),
    containerLogsRoute(ports),
    ...nodeLogsRoutes(ports),
    ...kubeletExecRoutes(ports),
    ...kubeletAttachRoutes(ports),
    ...kubeletPortForwardRoutes(ports),
    ...runCommandRoutes(ports),
    ...podMetricsRoutes(ports),
    ...nodeMetricsRoutes(ports),
    runToCompletionRoute(ports),
    podletRoute(ports),
    ...metricsRoutes(ports),
    ...statsSummaryRoutes(ports),
    ...kubeletPodsRoutes(ports),
    ...runningPodsRoutes(ports),
    ...machineSpecRoutes(ports),
    configzRoute(ports),
  ];
}

/** What the API tells of itself and of who asks. */
export function selfRoutes({ version, nowMs }: Pick<ApiPorts, 'version' | 'nowMs'>): readonly Route[] {
  const resources = [...ALL_RESOURCES, ...UNSTORED_RESOURCES];
  return [
    versionRoute(version),
    ...discoveryRoutes(resources),
    ...openApiRoutes({ resources, gitVersion: gitVersionOf(version), nowMs }),
    ...selfSubjectReviewRoutes(),
  ];
}

/** Those of objects with a name and a version. */
export function storedRoutes(ports: Omit<ObjectPorts, 'inTurn'>): readonly Route[] {
  const turns = new Limiter(1);
  const { objects, writer, clock, newUid } = ports;
  const inTurn: ObjectPorts['inTurn'] = (task) => turns.run(task);
  const context: ObjectPorts = { objects, writer, clock, newUid, inTurn };
  return [
    ...ALL_RESOURCES.flatMap((resource) => objectRoutes(resource, context)),
    ...ALL_RESOURCES.filter(hasReadOnlyStatus).map((resource) => objectStatusRoute(resource, context)),
    ...podStatusRoutes(context),
    ...podEphemeralContainersRoutes(context),
    podEvictionRoute(context),
  ];
}

function hasReadOnlyStatus({ subresources }: (typeof ALL_RESOURCES)[number]): boolean {
  return subresources.some(({ name, verbs }) => name === 'status' && verbs.join() === 'get');
}
