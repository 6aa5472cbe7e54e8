import type { Container, Pod } from '../../src/pod/index.ts';

/** Whether an edit from one to the other leaves what runs alone: the rules of the manual, told once more and differently. */
export function samePodLevel(a: Pod, b: Pod): boolean {
  return a === b || podLevel(a) === podLevel(b);
}

export function sameContainer(a: Container, b: Container | undefined): boolean {
  return a === b || (b !== undefined && ownFields(a) === ownFields(b));
}

function podLevel({ spec }: Pod): string {
  if (spec.hostNetwork) return 'host network';
  const ports = spec.containers
    .flatMap((container) => container.ports)
    .filter(({ hostPort }) => hostPort !== undefined && hostPort > 0)
    .map(({ hostPort, containerPort, protocol, hostIP = '' }) =>
      [hostIP, hostPort, containerPort, protocol].join(),
    );
  return `ports ${ports.sort().join(' ')}`;
}

function ownFields({ name, image, command, args, workingDir, env }: Container): string {
  return JSON.stringify([name, image, command, args, workingDir, env]);
}
