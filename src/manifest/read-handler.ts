import {
  type ContainerPort,
  type ExecAction,
  type HttpGetAction,
  portNameErrors,
  type TcpSocketAction,
} from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { rangeErrors } from './range-errors.ts';

/** What probes and hooks have in common. */
const COMMON = ['exec', 'httpGet', 'tcpSocket'] as const;

/** Kubernetes looks at them in this order, and takes the first. */
export const PROBE_HANDLERS = [...COMMON, 'grpc'] as const;
export const HOOK_HANDLERS = [...COMMON, 'sleep'] as const;

/** Which handler a probe or a hook has; says so where there is none, and of each that is too many (core/validation: validateHandler). */
export function chosenHandler<Kind extends string>(fields: Fields, kinds: readonly Kind[]): Kind | undefined {
  const [first, ...others] = kinds.filter((kind) => fields.has(kind));
  if (first === undefined) fields.reportSelf('Required value: must specify a handler type');
  for (const other of others) fields.report(other, 'Forbidden: may not specify more than 1 handler type');
  return first;
}

/** Reads a handler that a probe may have as well as a hook. `ports` are those of its container. */
export function readCommonHandler(
  owner: Fields,
  kind: (typeof COMMON)[number],
  ports: readonly ContainerPort[],
): ExecAction | HttpGetAction | TcpSocketAction | undefined {
  switch (kind) {
    case 'exec':
      return readExec(owner);
    case 'httpGet':
      return readHttpGet(owner, ports);
    case 'tcpSocket':
      return readTcpSocket(owner, ports);
  }
}

function readExec(owner: Fields): ExecAction | undefined {
  const fields = owner.object('exec', shapeOf('V1ExecAction'));
  if (fields === undefined) return undefined;
  if (fields.isEmpty('command')) fields.report('command', 'Required value');
  return { kind: 'exec', command: fields.strings('command') };
}

function readHttpGet(owner: Fields, ports: readonly ContainerPort[]): HttpGetAction | undefined {
  const fields = owner.object('httpGet', shapeOf('V1HTTPGetAction'));
  if (fields === undefined) return undefined;
  return {
    kind: 'httpGet',
    path: fields.text('path') ?? '/',
    ...readPlace(fields, ports),
    scheme: fields.word('scheme', ['HTTP', 'HTTPS']) ?? 'HTTP',
    headers: fields.objects('httpHeaders', shapeOf('V1HTTPHeader')).map(readHeader),
  };
}

function readTcpSocket(owner: Fields, ports: readonly ContainerPort[]): TcpSocketAction | undefined {
  const fields = owner.object('tcpSocket', shapeOf('V1TCPSocketAction'));
  return fields && { kind: 'tcpSocket', ...readPlace(fields, ports) };
}

function readPlace(fields: Fields, ports: readonly ContainerPort[]): Pick<TcpSocketAction, 'port' | 'host'> {
  const port = readPort(fields, ports);
  const host = fields.text('host');
  return { port, ...(host !== undefined && { host }) };
}

/** Whether a port of that name exists Kubernetes finds out when it is called. */
function readPort(fields: Fields, ports: readonly ContainerPort[]): number | string {
  const port = fields.integerOrText('port', 'int32');
  if (port === '' || !fields.has('port')) fields.report('port', 'Required value');
  else if (typeof port === 'number') fields.reportInvalid('port', port, portNumberErrors(port));
  else if (port !== undefined) {
    const reasons = portNameErrors(port);
    fields.reportInvalid('port', port, reasons);
    if (reasons.length === 0 && !ports.some(({ name }) => name === port)) {
      fields.note('port', 'no port of this container has that name: every call will fail');
    }
  }
  return port ?? 0;
}

export const portNumberErrors = (port: number): string[] => rangeErrors(port, 1, 65_535);

function readHeader(fields: Fields): { readonly name: string; readonly value: string } {
  const name = fields.requiredText('name') ?? '';
  if (name !== '') fields.reportInvalid('name', name, headerNameErrors(name));
  const value = fields.text('value') ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the search for them
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    fields.note(
      'value',
      'no request can have a line break or another control character: every call will fail',
    );
  }
  return { name, value };
}

function headerNameErrors(name: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(name)) return [];
  return [
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for " +
      "validation is '[-A-Za-z0-9]+')",
  ];
}
