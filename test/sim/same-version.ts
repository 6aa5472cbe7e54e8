import { allContainers, type Container, isSidecar, type Pod } from '../../src/pod/index.ts';

/** One container of one version of a manifest. */
interface Made {
  readonly pod: Pod;
  readonly container: Container;
}

/** Whether an edit from one to the other leaves what runs alone: the rules of the manual, told once more and differently. */
export function samePodLevel(a: Pod, b: Pod): boolean {
  return a === b || podLevel(a) === podLevel(b);
}

/** Whether an edit to this version leaves a container alone. */
export function sameContainer(made: Made, pod: Pod): boolean {
  if (made.pod === pod) return true;
  const container = allContainers(pod).find(({ name }) => name === made.container.name);
  return container !== undefined && ownFields(made) === ownFields({ pod, container });
}

function podLevel(pod: Pod): string {
  return `${network(pod)} after ${inits(pod)}`;
}

/** A plain init container is never run again in the same sandbox; a sidecar is replaced in its place. */
function inits(pod: Pod): string {
  const all = pod.spec.initContainers ?? [];
  return all
    .map((each) => (isSidecar(each, pod) ? each.name : ownFields({ pod, container: each })))
    .join('\n');
}

function network({ spec }: Pod): string {
  if (spec.hostNetwork) return 'host network';
  const ports = spec.containers
    .flatMap((container) => container.ports)
    .filter(({ hostPort }) => hostPort !== undefined && hostPort > 0)
    .map(({ hostPort, containerPort, protocol, hostIP = '' }) =>
      [hostIP, hostPort, containerPort, protocol].join(),
    );
  return `ports ${ports.sort().join(' ')}`;
}

function ownFields({ pod, container }: Made): string {
  const { name, image, command, args, workingDir, env, volumeMounts = [] } = container;
  const mounts = volumeMounts.map((mount) => [mount.name, mount.mountPath, sourceOf(pod, mount.name)]);
  return JSON.stringify([name, image, command, args, workingDir, env, mounts]);
}

/** Files follow their objects in place, whichever those are; anything else is mounted as it is. */
function sourceOf({ spec }: Pod, volume: string): unknown {
  const source = spec.volumes?.find(({ name }) => name === volume)?.source;
  return source === undefined || source.kind === 'emptyDir' ? source : source.kind;
}
