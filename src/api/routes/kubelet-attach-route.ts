import type { StreamFlags } from '../../cri/index.ts';
import { kubeletContainer, kubeletFlags, withUid } from '../kubelet-pod.ts';
import type { ApiRequest } from '../message.ts';
import { plainRefusal } from '../plain-refusal.ts';
import { upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts, ContainerRef } from '../ports.ts';
import type { Route } from '../route.ts';

/** The kubelet's own way to the streams of a container's main process (kubelet: pkg/kubelet/server getAttach). */
export function kubeletAttachRoutes(ports: Pick<ApiPorts, 'objects' | 'streams'>): readonly Route[] {
  return withUid('/attach', '/:container').map((path) => ({
    path,
    methods: ['GET', 'POST'],
    refuse: plainRefusal,
    handle(request) {
      attachAsked(request, ports);
      return upgradeRequired();
    },
    async upgrade(request) {
      const { container, flags } = attachAsked(request, ports);
      const { serveCommand } = await import('../../streaming/index.ts');
      await serveCommand(request, { flags, url: () => ports.streams.attach(container, flags) });
    },
  }));
}

/** Whether there is a terminal is the container's to say, whatever the client says of it (kubelet: GetAttach). Throws ApiFailure. */
function attachAsked(
  request: Pick<ApiRequest, 'params' | 'query'>,
  ports: Pick<ApiPorts, 'objects'>,
): { readonly container: ContainerRef; readonly flags: StreamFlags } {
  const { ref: container, spec } = kubeletContainer(request, ports);
  return { container, flags: kubeletFlags(request.query, spec.tty === true) };
}
