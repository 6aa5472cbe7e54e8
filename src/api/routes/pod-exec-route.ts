import { ApiFailure } from '../../apimachinery/index.ts';
import { containerAsked, flagsAsked, upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** Runs a command in a container (core/v1 PodExecOptions). */
export function podExecRoute(ports: Pick<ApiPorts, 'objects' | 'streams'>): Route {
  return {
    path: '/api/v1/namespaces/:namespace/pods/:name/exec',
    methods: ['GET', 'POST'],
    handle: upgradeRequired,
    async upgrade(request) {
      const container = containerAsked(request, ports, 'exec into');
      const flags = flagsAsked(request);
      const command = request.query.getAll('command');
      if (command.length === 0)
        throw new ApiFailure('BadRequest', 'you must specify at least one command for the container');
      const { serveCommand } = await import('../../streaming/index.ts');
      await serveCommand(request, {
        flags,
        url: () => ports.streams.exec(container, { ...flags, command }),
      });
    },
  };
}
