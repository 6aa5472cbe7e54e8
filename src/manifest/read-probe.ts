import type { ContainerPort, Probe, ProbeHandler } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present } from './present.ts';
import { chosenHandler, PROBE_HANDLERS, portNumberErrors, readCommonHandler } from './read-handler.ts';

/** The fields of a container that hold a probe, in the order in which Kubernetes looks at them. */
export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

type ProbeField = (typeof PROBES)[number];

/** core/v1: SetDefaults_Probe. It cannot tell 0 from absent. */
const DEFAULTS = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
} as const;

/** Reads one probe of a container that has `ports` (core/validation: validateProbe and what calls it). */
export function readProbe(
  container: Fields,
  name: ProbeField,
  ports: readonly ContainerPort[],
): Probe | undefined {
  if (!container.has(name)) return undefined;
  const fields = container.object(name, shapeOf('V1Probe'));
  if (fields === undefined) return undefined;
  const handler = readProbeHandler(fields, ports);
  const timing = readTiming(fields);
  if (name !== 'readinessProbe' && timing.successThreshold !== 1) {
    fields.reportInvalid('successThreshold', timing.successThreshold, ['must be 1']);
  }
  const terminationGracePeriodSeconds = readGracePeriod(fields, name);
  return handler && present({ handler, ...timing, terminationGracePeriodSeconds });
}

function readProbeHandler(fields: Fields, ports: readonly ContainerPort[]): ProbeHandler | undefined {
  const kind = chosenHandler(fields, PROBE_HANDLERS);
  if (kind === undefined) return undefined;
  return kind === 'grpc' ? readGrpc(fields) : readCommonHandler(fields, kind, ports);
}

/** The one handler that takes no port by name. */
function readGrpc(owner: Fields): ProbeHandler | undefined {
  const fields = owner.object('grpc', shapeOf('V1GRPCAction'));
  if (fields === undefined) return undefined;
  const port = fields.integer('port', 'int32');
  if (!fields.has('port')) fields.report('port', 'Required value');
  else if (port !== undefined) fields.reportInvalid('port', port, portNumberErrors(port));
  return { kind: 'grpc', port: port ?? 0, service: fields.text('service') ?? '' };
}

function readTiming(fields: Fields): Record<keyof typeof DEFAULTS, number> {
  const read = (name: keyof typeof DEFAULTS): number => {
    const value = fields.integer(name, 'int32') || DEFAULTS[name];
    if (value < 0) fields.reportInvalid(name, value, ['must be greater than or equal to 0']);
    return value;
  };
  return {
    initialDelaySeconds: read('initialDelaySeconds'),
    timeoutSeconds: read('timeoutSeconds'),
    periodSeconds: read('periodSeconds'),
    successThreshold: read('successThreshold'),
    failureThreshold: read('failureThreshold'),
  };
}

/** A container is never stopped for not being ready. */
function readGracePeriod(fields: Fields, name: ProbeField): number | undefined {
  const seconds = fields.integer('terminationGracePeriodSeconds', 'int64');
  if (seconds === undefined) return undefined;
  if (seconds <= 0) {
    fields.reportInvalid('terminationGracePeriodSeconds', seconds, ['must be greater than 0']);
  }
  if (name === 'readinessProbe') {
    const reason = 'must not be set for readinessProbes';
    fields.reportInvalid('terminationGracePeriodSeconds', seconds, [reason]);
  }
  return seconds;
}
