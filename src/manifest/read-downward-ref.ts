import { type DownwardRef, formatQuantity, qualifiedNameErrors } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { quote } from './problems.ts';
import { readQuantity } from './read-quantity.ts';
import { unsupportedValue } from './unsupported-value.ts';

/** Every field path that Kubernetes' downward API knows, in env or in files (core/v1: ConvertDownwardAPIFieldLabel). */
const KNOWN_PATHS: ReadonlySet<string> = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.phase',
  'status.podIP',
  'status.podIPs',
]);

const RESOURCES = ['limits', 'requests'].flatMap((list) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${list}.${name}`),
);
const HUGEPAGES = /^(limits|requests)\.hugepages-/;

/** In Kubernetes' order and words (core/validation: validContainerResourceDivisorFor…). */
const CPU_DIVISORS = ['1m', '1'];
const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/**
 * Reads `fieldRef` of an env source or of a file; `paths` are those that may be named without a subscript. Undefined where it
 * names nothing.
 */
export function readFieldRef(owner: Fields, paths: readonly string[]): DownwardRef | undefined {
  const fields = owner.object('fieldRef', shapeOf('V1ObjectFieldSelector'));
  if (fields === undefined) return undefined;
  const version = fields.text('apiVersion') ?? 'v1';
  const written = fields.requiredText('fieldPath');
  if (written === undefined) return undefined;
  // The name that clients of the first hour use.
  const fieldPath = written === 'spec.host' ? 'spec.nodeName' : written;
  if (version !== 'v1') fields.reportInvalid('apiVersion', version, ['unsupported pod version: write v1']);
  checkFieldPath(fields, fieldPath, paths);
  return { kind: 'fieldRef', fieldPath };
}

function checkFieldPath(fields: Fields, fieldPath: string, paths: readonly string[]): void {
  const [, path = fieldPath, subscript] = /^([^[]+)\['(.*)'\]$/s.exec(fieldPath) ?? [];
  if (subscript === undefined) {
    if (!KNOWN_PATHS.has(path)) {
      fields.reportInvalid('fieldPath', path, [
        `error converting fieldPath: field label not supported: ${path}`,
      ]);
    } else if (!paths.includes(path)) fields.report('fieldPath', unsupportedValue(path, paths));
  } else if (path === 'metadata.annotations') {
    fields.reportInvalid('fieldPath', subscript, qualifiedNameErrors(subscript.toLowerCase()));
  } else if (path === 'metadata.labels') {
    fields.reportInvalid('fieldPath', subscript, qualifiedNameErrors(subscript));
  } else fields.reportInvalid('fieldPath', path, ['does not support subscript']);
}

/**
 * Reads `resourceFieldRef`. `containers` are the names it may give: a file must give one, a variable speaks of its own container
 * unless it does. Undefined where it names nothing.
 */
export function readResourceFieldRef(
  owner: Fields,
  containers: ReadonlySet<string>,
  place: 'env' | 'volume',
): (DownwardRef & { kind: 'resourceFieldRef' }) | undefined {
  const fields = owner.object('resourceFieldRef', shapeOf('V1ResourceFieldSelector'));
  if (fields === undefined) return undefined;
  const containerName =
    place === 'volume' ? fields.requiredText('containerName') : fields.text('containerName');
  if (containerName !== undefined && !containers.has(containerName)) {
    fields.report('containerName', `Not found: ${quote(containerName)}`);
  }
  const resource = fields.requiredText('resource');
  if (resource === undefined) return undefined;
  // As in Kubernetes huge pages are left out of what is offered.
  if (!HUGEPAGES.test(resource) && !RESOURCES.includes(resource)) {
    fields.report('resource', unsupportedValue(resource, RESOURCES));
  }
  const divisor = readDivisor(fields, resource);
  return {
    kind: 'resourceFieldRef',
    ...(containerName === undefined ? {} : { containerName }),
    resource,
    ...(divisor === undefined ? {} : { divisor }),
  };
}

/** The canonical text; undefined where it is 1, which 0 and nothing mean, too. */
function readDivisor(fields: Fields, resource: string): string | undefined {
  const quantity = readQuantity(fields, 'divisor');
  if (quantity === undefined) return undefined;
  const divisor = formatQuantity(quantity);
  const [values, kind] = divisorsOf(resource);
  if (divisor !== '0' && !values.includes(divisor)) {
    const rule = `only divisor's values ${values.length === 2 ? values.join(' and ') : values.join(', ')} are supported with the ${kind} resource`;
    fields.reportInvalid('divisor', divisor, [rule]);
  }
  return divisor === '0' || divisor === '1' ? undefined : divisor;
}

function divisorsOf(resource: string): [values: readonly string[], kind: string] {
  if (resource.endsWith('.cpu')) return [CPU_DIVISORS, 'cpu'];
  if (HUGEPAGES.test(resource)) return [BYTE_DIVISORS, 'hugepages'];
  return [BYTE_DIVISORS, resource.endsWith('.memory') ? 'memory' : 'local ephemeral storage'];
}
