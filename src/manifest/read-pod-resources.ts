import {
  containersTogether,
  formatQuantity,
  parseQuantity,
  type Quantity,
  type ResourceList,
  type ResourceRequirements,
} from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import type { FoundContainer } from './read-container.ts';
import { reportQuantity } from './read-quantity.ts';
import {
  checkHugePages,
  checkRequests,
  type FoundQuantities,
  isHugePages,
  type Quantities,
  readQuantities,
  requirements,
} from './read-resources.ts';
import { unsupportedValue } from './unsupported-value.ts';

/**
 * Reads `resources` of a PodSpec: what the pod as a whole may have. What it leaves out is filled in from its containers, then from its
 * limits (core/v1: setDefaultPodRequests), and the two must fit together (core/validation: validatePodResourceConsistency).
 */
export function readPodResources(spec: Fields, containers: PodContainers): ResourceRequirements | undefined {
  const fields = spec.object('resources', shapeOf('V1ResourceRequirements'));
  if (fields === undefined) return undefined;
  const limits = readQuantities(fields, 'limits', podResourceErrors);
  const requests = readQuantities(fields, 'requests', podResourceErrors);
  if (limits.quantities.size + requests.quantities.size === 0) return undefined;
  const asked = sumOf(containers, 'requests');
  const pages = [...sumOf(containers, 'limits')].filter(([name]) => isHugePages(name));
  const allLimits = new Map([...pages, ...limits.quantities]);
  const all = { fields: requests.fields, quantities: requestsOf(allLimits, asked, requests.quantities) };
  checkRequests(fields, allLimits, all);
  checkHugePages(spec, 'resources', [...allLimits.keys(), ...all.quantities.keys()]);
  checkSum(all, asked);
  for (const container of [...containers.regular, ...containers.init]) checkContainer(container, allLimits);
  return requirements(allLimits, all.quantities);
}

export interface PodContainers {
  readonly regular: readonly FoundContainer[];
  readonly init: readonly FoundContainer[];
}

/** Nothing is filled in for a pod that limits nothing, and huge pages are never more than their limit. */
function requestsOf(limits: Quantities, asked: Quantities, given: Quantities): Quantities {
  if (limits.size === 0) return given;
  return new Map([...limits, ...[...asked].filter(([name]) => !isHugePages(name)), ...given]);
}

/** The pod may not ask for less than its containers together. */
function checkSum({ fields, quantities }: FoundQuantities, asked: Quantities): void {
  for (const [name, sum] of asked) {
    const request = quantities.get(name) ?? NOTHING;
    if (sum.nanos <= request.nanos) continue;
    const rule = `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`;
    reportQuantity(fields, name, request, rule);
  }
}

/** No container may have more than the pod. */
function checkContainer({ fields, container }: FoundContainer, limits: Quantities): void {
  for (const [name, limit] of quantitiesOf(container.resources?.limits ?? {})) {
    const most = limits.get(name);
    if (most === undefined || limit.nanos <= most.nanos) continue;
    const rule = `must be less than or equal to pod limits of ${formatQuantity(most)}`;
    reportQuantity(fields.map('resources')?.map('limits'), name, limit, rule);
  }
}

const NOTHING: Quantity = { nanos: 0n, format: 'DecimalSI' };

function podResourceErrors(name: string): readonly string[] {
  return isPodResource(name) ? [] : [unsupportedValue(name, ['cpu', 'hugepages-', 'memory'])];
}

const isPodResource = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

/** What they need at once: init containers run one by one, and before the others (component-helpers: AggregateContainerRequests). */
function sumOf({ regular, init }: PodContainers, what: 'limits' | 'requests'): Quantities {
  const spec = {
    containers: regular.map(({ container }) => container),
    initContainers: init.map(({ container }) => container),
  };
  return new Map(
    [...quantitiesOf(containersTogether({ spec }, what))].filter(([name]) => isPodResource(name)),
  );
}

function quantitiesOf(list: ResourceList): Quantities {
  const parsed = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list)) parsed.set(name, parseQuantity(text) ?? NOTHING);
  return parsed;
}
