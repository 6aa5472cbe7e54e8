import { type Container, dns1123LabelErrors } from '../pod/index.ts';
import { defaultPullPolicy } from './default-pull-policy.ts';
import type { Fields } from './fields.ts';
import type { PodContext } from './pod-context.ts';
import { present, unlessEmpty } from './present.ts';
import { readEnv, readEnvFrom } from './read-env.ts';
import { readLifecycle } from './read-lifecycle.ts';
import { readPorts } from './read-ports.ts';
import { PROBES, readProbe } from './read-probe.ts';
import { readResources } from './read-resources.ts';
import { readRestart } from './read-restart.ts';
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
  const { volumes, isEphemeral } = pod;
  const privileged = securityContext?.privileged ?? false;
  const ports = readPorts(fields, pod);
  const restart = readRestart(fields);
  if (pod.isInit && restart.restartPolicy !== 'Always') forbidLife(fields);
  return present({
    name,
    image,
    command: fields.strings('command'),
    args: fields.strings('args'),
    workingDir: fields.text('workingDir'),
    env: readEnv(fields, pod),
    envFrom: unlessEmpty(readEnvFrom(fields)),
    ports,
    imagePullPolicy: fields.word('imagePullPolicy', PULL_POLICIES) ?? defaultPullPolicy(image),
    resources: readResources(fields),
    volumeMounts: unlessEmpty(readVolumeMounts(fields, { volumes, privileged, isEphemeral })),
    securityContext,
    stdin: fields.boolean('stdin') || undefined,
    stdinOnce: fields.boolean('stdinOnce') || undefined,
    tty: fields.boolean('tty') || undefined,
    ...readTerminationMessage(fields),
    ...restart,
    startupProbe: readProbe(fields, 'startupProbe', ports),
    livenessProbe: readProbe(fields, 'livenessProbe', ports),
    readinessProbe: readProbe(fields, 'readinessProbe', ports),
    lifecycle: readLifecycle(fields, { ports, pod }),
  });
}

/** What runs to its end before the others start has nothing to be asked while it runs. */
function forbidLife(fields: Fields): void {
  for (const name of ['lifecycle', ...PROBES]) {
    if (!fields.has(name)) continue;
    fields.report(name, 'Forbidden: may not be set for init containers without restartPolicy=Always');
  }
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
