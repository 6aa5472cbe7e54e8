import { containerAsked, flagsAsked, upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** The streams of a container's main process (core/v1 PodAttachOptions). */
export function podAttachRoute(ports: Pick<ApiPorts, 'objects' | 'streams'>): Route {
  return {
    path: '/api/v1/namespaces/:namespace/pods/:name/attach',
    methods: ['GET', 'POST'],
    handle: upgradeRequired,
    async upgrade(request) {
      const container = containerAsked(request, ports, 'attach');
      const flags = flagsAsked(request);
      const { serveCommand } = await import('../../streaming/index.ts');
      await serveCommand(request, { flags, url: () => ports.streams.attach(container, flags) });
    },
  };
}
