import { type Container, dns1123LabelErrors } from '../pod/index.ts';
import { defaultPullPolicy } from './default-pull-policy.ts';
import type { Fields } from './fields.ts';
import type { PodContext } from './pod-context.ts';
import { present, unlessEmpty } from './present.ts';
import { readEnv, readEnvFrom } from './read-env.ts';
import { readPorts } from './read-ports.ts';
import { readResources } from './read-resources.ts';
import { readSecurityContext } from './read-security-context.ts';
import { readVolumeMounts } from './read-volume-mounts.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'] as const;

/** A container, and where it was read. */
export interface FoundContainer {
  readonly fields: Fields;
  readonly container: Container;
}

/** Reads one container. Whether its name is unique is for the reader of the whole list. */
export function readContainer(fields: Fields, pod: PodContext): Container {
  const name = fields.requiredText('name') ?? '';
  if (name !== '') fields.reportInvalid('name', name, dns1123LabelErrors(name));
  const image = readImage(fields);
  const securityContext = readSecurityContext(fields, pod);
  const { volumes } = pod;
  const privileged = securityContext?.privileged ?? false;
  return present({
    name,
    image,
    command: fields.strings('command'),
    args: fields.strings('args'),
    workingDir: fields.text('workingDir'),
    env: readEnv(fields, pod),
    envFrom: unlessEmpty(readEnvFrom(fields)),
    ports: readPorts(fields, pod.ports),
    imagePullPolicy: fields.word('imagePullPolicy', PULL_POLICIES) ?? defaultPullPolicy(image),
    resources: readResources(fields),
    volumeMounts: unlessEmpty(readVolumeMounts(fields, { volumes, privileged })),
    securityContext,
    stdin: fields.boolean('stdin') || undefined,
    stdinOnce: fields.boolean('stdinOnce') || undefined,
    tty: fields.boolean('tty') || undefined,
    ...readTerminationMessage(fields),
  });
}

function readImage(fields: Fields): string {
  const image = fields.requiredText('image') ?? '';
  if (image.trim() !== image) {
    fields.reportInvalid('image', image, ['must not have leading or trailing whitespace']);
  }
  return image;
}

function readTerminationMessage(
  fields: Fields,
): Pick<Container, 'terminationMessagePath' | 'terminationMessagePolicy'> {
  const path = fields.text('terminationMessagePath');
  const policy = fields.word('terminationMessagePolicy', MESSAGE_POLICIES);
  return present({
    terminationMessagePath: path === '/dev/termination-log' ? undefined : path,
    terminationMessagePolicy: policy === 'File' ? undefined : policy,
  });
}
