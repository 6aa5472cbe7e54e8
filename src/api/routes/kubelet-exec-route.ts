import { ApiFailure } from '../../apimachinery/index.ts';
import type { StreamFlags } from '../../cri/index.ts';
import { kubeletContainer, kubeletFlags, withUid } from '../kubelet-pod.ts';
import type { ApiRequest } from '../message.ts';
import { plainRefusal } from '../plain-refusal.ts';
import { upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts, ContainerRef } from '../ports.ts';
import type { Route } from '../route.ts';

/** The kubelet's own way to a command in a container (kubelet: pkg/kubelet/server getExec). */
export function kubeletExecRoutes(ports: Pick<ApiPorts, 'objects' | 'streams'>): readonly Route[] {
  return withUid('/exec', '/:container').map((path) => ({
    path,
    methods: ['GET', 'POST'],
    refuse: plainRefusal,
    handle(request) {
      execAsked(request, ports);
      return upgradeRequired();
    },
    async upgrade(request) {
      const { container, flags, command } = execAsked(request, ports);
      const { serveCommand } = await import('../../streaming/index.ts');
      await serveCommand(request, {
        flags,
        url: () => ports.streams.exec(container, { ...flags, command }),
      });
    },
  }));
}

interface ExecAsked {
  readonly container: ContainerRef;
  readonly flags: StreamFlags;
  readonly command: readonly string[];
}

/** Throws ApiFailure. */
function execAsked(
  request: Pick<ApiRequest, 'params' | 'query'>,
  ports: Pick<ApiPorts, 'objects'>,
): ExecAsked {
  const flags = kubeletFlags(request.query);
  const { ref: container } = kubeletContainer(request, ports);
  const command = request.query.getAll('command');
  if (command.length > 0) return { container, flags, command };
  throw new ApiFailure('BadRequest', 'you must specify at least one command for the container');
}
