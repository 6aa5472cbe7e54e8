import { forwardedPorts } from '../forwarded-ports.ts';
import { kubeletPod, withUid } from '../kubelet-pod.ts';
import { plainRefusal } from '../plain-refusal.ts';
import { uidOf, upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** The kubelet's own way to ports of a pod (kubelet: pkg/kubelet/server getPortForward). */
export function kubeletPortForwardRoutes(ports: Pick<ApiPorts, 'objects' | 'streams'>): readonly Route[] {
  return withUid('/portForward').map((path) => ({
    path,
    methods: ['GET', 'POST'],
    refuse: plainRefusal,
    handle(request) {
      kubeletPod(request, ports);
      return upgradeRequired();
    },
    async upgrade(request) {
      const uid = uidOf(kubeletPod(request, ports));
      const { servePorts } = await import('../../streaming/index.ts');
      await servePorts(request, {
        ports: () => forwardedPorts(request.query, 'port'),
        url: () => ports.streams.portForward(uid),
      });
    },
  }));
}
