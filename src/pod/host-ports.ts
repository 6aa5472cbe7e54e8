import type { ContainerPort, Pod } from './pod.ts';

/** One port of the machine. An empty address stands for all of them. */
export interface HostPort {
  readonly protocol: ContainerPort['protocol'];
  readonly hostIP: string;
  readonly hostPort: number;
}

/** The host ports that a pod asks for, in the order of its manifest. */
export function hostPortsOf({ spec }: Pod): HostPort[] {
  return spec.containers.flatMap(({ ports }) =>
    ports.flatMap(({ protocol, hostIP = '', hostPort = 0 }) =>
      hostPort > 0 ? [{ protocol, hostIP, hostPort }] : [],
    ),
  );
}
