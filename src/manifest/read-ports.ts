import { type ContainerPort, ipErrors, portNameErrors } from '../pod/index.ts';
import { shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { quote } from './problems.ts';
import { rangeErrors } from './range-errors.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;

/** What the containers of one pod share where ports are concerned. */
export class PortClaims {
  readonly hostNetwork: boolean;
  readonly #taken = new Set<string>();

  constructor(hostNetwork: boolean) {
    this.hostNetwork = hostNetwork;
  }

  /** False when another port of the pod has it already. */
  take(claim: string): boolean {
    if (this.#taken.has(claim)) return false;
    this.#taken.add(claim);
    return true;
  }
}

/** Who shares ports with the container, and whether it is one of those that go before the others. */
interface PortContext {
  readonly ports: PortClaims;
  readonly isInit: boolean;
}

/** Reads the ports of one container. Names are unique in it; what is claimed of the host is unique in the pod. */
export function readPorts(container: Fields, { ports: claims, isInit }: PortContext): ContainerPort[] {
  const names = new Set<string>();
  return container.objects('ports', shapes.containerPort).map((fields) => {
    const name = readPortName(fields, names);
    const containerPort = readContainerPort(fields);
    const protocol = fields.word('protocol', PROTOCOLS) ?? 'TCP';
    const hostIP = readHostIP(fields);
    const hostPort = readHostPort(fields, containerPort, claims);
    if (hostPort !== undefined) {
      const claim = `${protocol}/${hostIP ?? ''}/${hostPort}`;
      if (!claims.take(claim)) fields.report('hostPort', `Duplicate value: ${quote(claim)}`);
      // kubelet: generatePodSandboxConfig
      if (isInit && !claims.hostNetwork) {
        fields.note(
          'hostPort',
          'has no effect here: ports of init containers and sidecars are not forwarded',
        );
      }
    }
    return {
      ...(name === undefined ? {} : { name }),
      containerPort,
      ...(hostPort === undefined ? {} : { hostPort }),
      ...(hostIP === undefined ? {} : { hostIP }),
      protocol,
    };
  });
}

function readPortName(fields: Fields, names: Set<string>): string | undefined {
  const name = fields.text('name');
  if (name === undefined) return undefined;
  const reasons = portNameErrors(name);
  fields.reportInvalid('name', name, reasons);
  if (reasons.length === 0 && names.has(name)) fields.report('name', `Duplicate value: ${quote(name)}`);
  names.add(name);
  return name;
}

function readContainerPort(fields: Fields): number {
  const port = fields.integer('containerPort', 'int32');
  // Go cannot tell 0 from absent here.
  if (port === 0 || !fields.has('containerPort')) fields.report('containerPort', 'Required value');
  else if (port !== undefined) fields.reportInvalid('containerPort', port, portErrors(port));
  return port ?? 0;
}

/** On the host's network a port of the container is a port of the host: Kubernetes fills it in, and takes no other. */
function readHostPort(fields: Fields, containerPort: number, claims: PortClaims): number | undefined {
  const given = fields.integer('hostPort', 'int32') || undefined;
  if (given !== undefined) fields.reportInvalid('hostPort', given, portErrors(given));
  if (!claims.hostNetwork) return given;
  if (given !== undefined && containerPort !== 0 && given !== containerPort) {
    fields.reportInvalid('hostPort', given, ['must match `containerPort` when `hostNetwork` is true']);
  }
  return given ?? (containerPort === 0 ? undefined : containerPort);
}

function readHostIP(fields: Fields): string | undefined {
  const ip = fields.text('hostIP');
  if (ip !== undefined) fields.reportInvalid('hostIP', ip, ipErrors(ip));
  return ip;
}

const portErrors = (port: number): string[] => rangeErrors(port, 1, 65_535);
