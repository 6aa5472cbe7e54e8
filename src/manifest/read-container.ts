import { type Container, dns1123LabelErrors, type EnvVar, envNameErrors } from '../pod/index.ts';
import { defaultPullPolicy } from './default-pull-policy.ts';
import { shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { type PortClaims, readPorts } from './read-ports.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

/** Reads one container. Whether its name is unique is for the reader of the whole list. */
export function readContainer(fields: Fields, claims: PortClaims): Container {
  const name = fields.requiredText('name') ?? '';
  if (name !== '') fields.reportInvalid('name', name, dns1123LabelErrors(name));
  const image = readImage(fields);
  const workingDir = fields.text('workingDir');
  return {
    name,
    image,
    command: fields.strings('command'),
    args: fields.strings('args'),
    ...(workingDir === undefined ? {} : { workingDir }),
    env: fields.objects('env', shapes.envVar).map(readEnvVar),
    ports: readPorts(fields, claims),
    imagePullPolicy: fields.word('imagePullPolicy', PULL_POLICIES) ?? defaultPullPolicy(image),
  };
}

function readImage(fields: Fields): string {
  const image = fields.requiredText('image') ?? '';
  if (image.trim() !== image) {
    fields.reportInvalid('image', image, ['must not have leading or trailing whitespace']);
  }
  return image;
}

/** Names may repeat: the last one wins when the container is made, and earlier ones may be used by later values. */
function readEnvVar(fields: Fields): EnvVar {
  const name = fields.requiredText('name') ?? '';
  if (name !== '') fields.reportInvalid('name', name, envNameErrors(name));
  return { name, value: fields.text('value') ?? '' };
}
