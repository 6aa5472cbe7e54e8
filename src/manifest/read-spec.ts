import type { PodSpec } from '../pod/index.ts';
import { shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { quote } from './problems.ts';
import { readContainer } from './read-container.ts';
import { PortClaims } from './read-ports.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'] as const;

/** Reads the honoured fields of a PodSpec, with the defaults core/v1 applies when it decodes one. */
export function readSpec(fields: Fields): PodSpec {
  const hostNetwork = fields.boolean('hostNetwork') ?? false;
  return {
    containers: readContainers(fields, hostNetwork),
    restartPolicy: fields.word('restartPolicy', RESTART_POLICIES) ?? 'Always',
    // Any sign is valid, as in Kubernetes: what is below one second is raised to it when the pod is stopped.
    terminationGracePeriodSeconds: fields.integer('terminationGracePeriodSeconds', 'int64') ?? 30,
    hostNetwork,
  };
}

function readContainers(fields: Fields, hostNetwork: boolean): PodSpec['containers'] {
  const items = fields.objects('containers', shapes.container);
  if (fields.isEmpty('containers')) fields.report('containers', 'Required value');
  const claims = new PortClaims(hostNetwork);
  const containers = items.map((item) => readContainer(item, claims));
  const names = new Set<string>();
  for (const [index, { name }] of containers.entries()) {
    if (name !== '' && names.has(name)) items[index]?.report('name', `Duplicate value: ${quote(name)}`);
    names.add(name);
  }
  return containers;
}
