import type { PortMapping } from '../cri/index.ts';
import type { ContainerPort, Pod } from '../pod/index.ts';

/**
 * Every declared port is sent, those without a host port too; the runtime drops them. Of two ports of one container with the same
 * name, or without names and the same, the first counts (kubelet: MakePortMappings).
 */
export function portMappings({ spec }: Pod): PortMapping[] {
  return spec.containers.flatMap(({ ports }) => {
    const first = new Map([...ports].reverse().map((port) => [keyOf(port), port]));
    return ports
      .filter((port) => first.get(keyOf(port)) === port)
      .map((port) => ({
        protocol: port.protocol,
        container_port: port.containerPort,
        host_port: port.hostPort ?? 0,
        host_ip: port.hostIP ?? '',
      }));
  });
}

function keyOf({ name, protocol, hostIP = '', containerPort, hostPort = 0 }: ContainerPort): string {
  return name ?? `${protocol} ${hostIP} ${containerPort} ${hostPort}`;
}
