import { ApiFailure } from '../../apimachinery/index.ts';
import { podAsked, uidOf, upgradeRequired } from '../pod-streams.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** Each takes two channels, whose number is a byte. */
const MAX_PORTS = 128;

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
        ports: () => portsAsked(request.query),
        url: () => ports.streams.portForward(uid),
      });
    },
  };
}

/** `?ports=80&ports=8080`, also with commas between them. Throws ApiFailure. */
function portsAsked(query: URLSearchParams): readonly number[] {
  const words = query.getAll('ports').flatMap((value) => value.split(','));
  if (words.length === 0) throw new ApiFailure('BadRequest', 'query parameter "ports" is required');
  if (words.length > MAX_PORTS)
    throw new ApiFailure('BadRequest', `at most ${MAX_PORTS} ports can be forwarded at once`);
  return words.map(portIn);
}

function portIn(word: string): number {
  const port = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ApiFailure('BadRequest', `unable to parse ${JSON.stringify(word)} as a port`);
}
