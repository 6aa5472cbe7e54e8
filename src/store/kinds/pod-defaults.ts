import { type JsonObject, type JsonValue, objectAt, textAt } from '../../base/index.ts';
import { defaultPullPolicy } from '../../manifest/index.ts';
import { formatQuantity, parseQuantity, roundUpToMilli } from '../../pod/index.ts';
import { changeAt } from './change-at.ts';

const CONTAINERS = ['containers[]', 'initContainers[]', 'ephemeralContainers[]'];
const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'];
const HANDLERS = [...PROBES, 'lifecycle.postStart', 'lifecycle.preStop'];
const DOWNWARD_ITEMS = ['volumes[].downwardAPI.items[]', 'volumes[].projected.sources[].downwardAPI.items[]'];

const inContainers = (...paths: readonly string[]): readonly string[] =>
  CONTAINERS.flatMap((container) => paths.map((path) => `${container}.${path}`));

/**
 * What a field is worth that a manifest leaves out, or writes empty (core/v1: the SetDefaults_ functions of a Pod, and what Go writes of
 * structs that cannot be absent). Paths are those of a PodSpec.
 */
const DEFAULTS: readonly (readonly [paths: readonly string[], fields: JsonObject])[] = [
  [
    [''],
    {
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
      securityContext: {},
    },
  ],
  [
    CONTAINERS,
    { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} },
  ],
  [inContainers('ports[]'), { protocol: 'TCP' }],
  [inContainers('env[].valueFrom.fileKeyRef'), { optional: false }],
  [
    [...inContainers('env[].valueFrom.fieldRef'), ...DOWNWARD_ITEMS.map((item) => `${item}.fieldRef`)],
    { apiVersion: 'v1' },
  ],
  [
    [
      ...inContainers('env[].valueFrom.resourceFieldRef'),
      ...DOWNWARD_ITEMS.map((item) => `${item}.resourceFieldRef`),
    ],
    { divisor: '0' },
  ],
  [inContainers(...HANDLERS.map((handler) => `${handler}.httpGet`)), { path: '/', scheme: 'HTTP' }],
  [inContainers(...PROBES.map((probe) => `${probe}.grpc`)), { service: '' }],
  [['volumes[].hostPath'], { type: '' }],
  [
    ['secret', 'configMap', 'downwardAPI', 'projected'].map((kind) => `volumes[].${kind}`),
    { defaultMode: 0o644 },
  ],
  [['volumes[].ephemeral.volumeClaimTemplate.spec'], { volumeMode: 'Filesystem' }],
];

/** The same of fields whose zero is no value. */
const PROBE_DEFAULTS = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

/** Maps of quantities, and single ones, which Kubernetes tells in canonical form. */
const RESOURCES = [
  'overhead',
  'resources.limits',
  'resources.requests',
  ...inContainers('resources.limits', 'resources.requests'),
];
const QUANTITIES: readonly (readonly [path: string, field: string])[] = [
  ['volumes[].emptyDir', 'sizeLimit'],
  ...inContainers('env[].valueFrom.resourceFieldRef').map((path) => [path, 'divisor'] as const),
  ...DOWNWARD_ITEMS.map((item) => [`${item}.resourceFieldRef`, 'divisor'] as const),
];

type Change = (object: JsonObject) => JsonObject;

const CHANGES: readonly (readonly [paths: readonly string[], change: Change])[] = [
  ...DEFAULTS.map(([paths, fields]) => [paths, filled(fields, isAbsent)] as const),
  [inContainers(...PROBES), filled(PROBE_DEFAULTS, (value) => isAbsent(value) || value === 0)],
  [CONTAINERS, withPullPolicy('imagePullPolicy', 'image')],
  [['volumes[].image'], withPullPolicy('pullPolicy', 'reference')],
  [['volumes[]'], (volume) => (Object.keys(volume).length === 1 ? { ...volume, emptyDir: {} } : volume)],
  [RESOURCES, canonicalEach],
  ...QUANTITIES.map(([path, field]) => [[path], canonicalAt(field)] as const),
  [inContainers('resources'), withRequests],
  [[''], withHostPorts],
];

/** The spec of a pod as an API server would show it. Pure. */
export function defaultedSpec(written: JsonObject): JsonObject {
  let spec = written;
  for (const [paths, change] of CHANGES) for (const path of paths) spec = changeAt(spec, path, change);
  const serviceAccount = textAt(spec, 'serviceAccountName');
  // The old name of the field is always told with the new one.
  return serviceAccount === '' ? spec : { ...spec, serviceAccount };
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

function filled(defaults: JsonObject, isMissing: (value: JsonValue | undefined) => boolean): Change {
  const fields = Object.entries(defaults);
  return (object) => ({
    ...object,
    ...Object.fromEntries(fields.filter(([field]) => isMissing(object[field]))),
  });
}

function withPullPolicy(field: string, image: string): Change {
  return (object) =>
    textAt(object, field) === '' ? { ...object, [field]: defaultPullPolicy(textAt(object, image)) } : object;
}

function canonical(value: JsonValue | undefined): JsonValue | undefined {
  const quantity =
    typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
  return quantity === undefined ? value : formatQuantity(roundUpToMilli(quantity));
}

function canonicalEach(quantities: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(quantities).map(([name, value]) => [name, canonical(value)]));
}

function canonicalAt(field: string): Change {
  return (object) =>
    Object.hasOwn(object, field) ? { ...object, [field]: canonical(object[field]) } : object;
}

/** What is limited and asks for nothing asks for its limit. */
function withRequests(resources: JsonObject): JsonObject {
  const limits = objectAt(resources, 'limits');
  if (Object.keys(limits).length === 0) return resources;
  return { ...resources, requests: { ...limits, ...objectAt(resources, 'requests') } };
}

/** On the machine's network a port of a container is one of the machine's. */
function withHostPorts(spec: JsonObject): JsonObject {
  if (spec.hostNetwork !== true) return spec;
  const withHostPort: Change = (port) => ({ ...port, hostPort: port.hostPort || (port.containerPort ?? 0) });
  return ['containers[].ports[]', 'initContainers[].ports[]'].reduce(
    (changed, path) => changeAt(changed, path, withHostPort),
    spec,
  );
}
