import type { Volume, VolumeMount } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { relativePathErrors } from './path-rules.ts';
import { quote } from './problems.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'] as const;
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible'] as const;

/** What the mounts of one container are checked against. */
export interface VolumeContext {
  /** All volumes of the pod by name, also those whose kind is refused. */
  readonly volumes: ReadonlyMap<string, Volume>;
  /** Whether this container is privileged: only then may its mounts reach the host. */
  readonly privileged: boolean;
  /** An ephemeral container mounts whole volumes only (core/validation: validateEphemeralContainers). */
  readonly isEphemeral: boolean;
}

/** Reads `volumeMounts` of a container (core/validation: ValidateVolumeMounts). */
export function readVolumeMounts(container: Fields, context: VolumeContext): readonly VolumeMount[] {
  const taken = new Set<string>();
  return container.objects('volumeMounts', shapeOf('V1VolumeMount')).map((fields) => {
    const name = fields.requiredText('name') ?? '';
    const volume = context.volumes.get(name);
    if (volume === undefined && name !== '') fields.report('name', `Not found: ${quote(name)}`);
    const mountPath = readMountPath(fields, taken);
    const readOnly = readReadOnly(fields, volume);
    const mountPropagation = readPropagation(fields, context);
    return {
      name,
      mountPath,
      ...(readOnly ? { readOnly } : {}),
      ...readRecursive(fields, readOnly, mountPropagation),
      ...(mountPropagation === undefined ? {} : { mountPropagation }),
      ...readSubPath(fields, context),
    };
  });
}

function readMountPath(fields: Fields, taken: Set<string>): string {
  const mountPath = fields.requiredText('mountPath') ?? '';
  if (mountPath === '') return mountPath;
  if (taken.has(mountPath)) fields.reportInvalid('mountPath', mountPath, ['must be unique']);
  taken.add(mountPath);
  return mountPath;
}

function readReadOnly(fields: Fields, volume: Volume | undefined): boolean {
  const readOnly = fields.boolean('readOnly');
  if (volume?.source.kind !== 'image') return readOnly === true;
  if (readOnly === false) fields.note('readOnly', 'has no effect here: image volumes are read-only');
  return true;
}

function readPropagation(fields: Fields, { privileged }: VolumeContext): VolumeMount['mountPropagation'] {
  const propagation = fields.word('mountPropagation', PROPAGATIONS);
  if (propagation === 'Bidirectional' && !privileged) {
    fields.report(
      'mountPropagation',
      'Forbidden: Bidirectional mount propagation is available only to privileged containers',
    );
  }
  return propagation === 'None' ? undefined : propagation;
}

function readRecursive(
  fields: Fields,
  readOnly: boolean,
  propagation: VolumeMount['mountPropagation'],
): Pick<VolumeMount, 'recursiveReadOnly'> {
  const recursiveReadOnly = fields.word('recursiveReadOnly', RECURSIVE);
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return {};
  if (!readOnly) fields.report('recursiveReadOnly', 'Forbidden: may only be specified when readOnly is true');
  if (propagation !== undefined) {
    fields.report(
      'recursiveReadOnly',
      'Forbidden: may only be specified when mountPropagation is None or not specified',
    );
  }
  return { recursiveReadOnly };
}

function readSubPath(
  fields: Fields,
  { isEphemeral }: VolumeContext,
): Pick<VolumeMount, 'subPath' | 'subPathExpr'> {
  for (const name of isEphemeral ? ['subPath', 'subPathExpr'] : [])
    if (!fields.isEmpty(name)) fields.report(name, 'Forbidden: cannot be set for an Ephemeral Container');
  const subPath = fields.text('subPath');
  const subPathExpr = fields.text('subPathExpr');
  if (subPath !== undefined) fields.reportInvalid('subPath', subPath, relativePathErrors(subPath));
  if (subPathExpr === undefined) return subPath === undefined ? {} : { subPath };
  const reasons = relativePathErrors(subPathExpr);
  if (subPath !== undefined) reasons.unshift('subPathExpr and subPath are mutually exclusive');
  fields.reportInvalid('subPathExpr', subPathExpr, reasons);
  return { subPathExpr };
}
