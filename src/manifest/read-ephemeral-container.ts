import type { EphemeralContainer } from '../pod/index.ts';
import type { Fields } from './fields.ts';
import type { PodContext } from './pod-context.ts';
import { quote } from './problems.ts';
import { readContainer } from './read-container.ts';

/** Reads one ephemeral container (core/validation: validateEphemeralContainers). What it may not have is refused by its fates. */
export function readEphemeralContainer(fields: Fields, pod: PodContext): EphemeralContainer {
  const container = readContainer(fields, pod);
  const targetContainerName = fields.text('targetContainerName');
  if (targetContainerName === undefined) return container;
  if (!pod.containers.has(targetContainerName))
    fields.report('targetContainerName', `Not found: ${quote(targetContainerName)}`);
  return { ...container, targetContainerName };
}
