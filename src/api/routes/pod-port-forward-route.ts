import { forwardedPorts } from '../forwarded-ports.ts';
import { podAsked, uidOf, upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** Connections to ports of a pod (core/v1 PodPortForwardOptions). */
export function podPortForwardRoute(ports: Pick<ApiPorts, 'objects' | 'streams'>): Route {
  return {
    path: '/api/v1/namespaces/:namespace/pods/:name/portforward',
    methods: ['GET', 'POST'],
    handle: upgradeRequired,
    async upgrade(request) {
      const uid = uidOf(podAsked(request, ports));
      const { servePorts } = await import('../../streaming/index.ts');
      await servePorts(request, {
        ports: () => forwardedPorts(request.query, 'ports'),
        url: () => ports.streams.portForward(uid),
      });
    },
  };
}
