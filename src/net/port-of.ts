import type { ContainerPort } from '../pod/index.ts';

/** The port that a handler means: a number, the name of a port of its container, or digits that were written as text (kubelet:
 * pkg/probe ResolveContainerPort). Undefined where there is none. */
export function portOf(port: number | string, ports: readonly ContainerPort[]): number | undefined {
  const named = ports.find(({ name }) => name === port)?.containerPort;
  const number = named ?? (/^\d+$/.test(String(port)) ? Number(port) : 0);
  return Number.isInteger(number) && number > 0 && number < 65536 ? number : undefined;
}
