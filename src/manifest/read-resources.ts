import {
  formatQuantity,
  parseQuantity,
  type Quantity,
  qualifiedNameErrors,
  type ResourceList,
  type ResourceRequirements,
  roundUpToMilli,
  unitsOf,
} from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present, unlessEmpty } from './present.ts';
import { quote } from './problems.ts';
import { readQuantity, reportQuantity } from './read-quantity.ts';

export type Quantities = ReadonlyMap<string, Quantity>;

/** One list of resources, and where it stands; undefined where it is no map. */
export interface FoundQuantities {
  readonly fields: Fields | undefined;
  readonly quantities: Quantities;
}

/** What is wrong with the name of a resource, as whole messages; empty means valid. */
export type NameRule = (name: string) => readonly string[];

const HUGEPAGES = 'hugepages-';

export const isHugePages = (name: string): boolean => name.startsWith(HUGEPAGES);

/** Reads `resources` of a container; requests that are left out are filled in from limits (core/v1: SetDefaults_Pod). */
export function readResources(container: Fields): ResourceRequirements | undefined {
  const fields = container.object('resources', shapeOf('V1ResourceRequirements'));
  if (fields === undefined) return undefined;
  const limits = readQuantities(fields, 'limits', containerResourceErrors);
  const given = readQuantities(fields, 'requests', containerResourceErrors);
  checkRequests(fields, limits.quantities, given);
  checkHugePages(container, 'resources', [...limits.quantities.keys(), ...given.quantities.keys()]);
  return requirements(limits.quantities, new Map([...limits.quantities, ...given.quantities]));
}

/** Reads `overhead`, which is held to the rules of a container's limits (core/validation: validateOverhead). */
export function readOverhead(owner: Fields, name: 'overhead' | 'podFixed'): ResourceList | undefined {
  const overhead = readQuantities(owner, name, containerResourceErrors).quantities;
  checkHugePages(owner, name, [...overhead.keys()]);
  return unlessEmpty(toList(overhead));
}

/** Reads one list of resources. Quantities finer than a thousandth are rounded up, as core/v1 does when it decodes them. */
export function readQuantities(owner: Fields, name: string, nameErrors: NameRule): FoundQuantities {
  const fields = owner.map(name);
  const quantities = new Map<string, Quantity>();
  if (fields === undefined) return { fields, quantities };
  for (const resource of fields.names) {
    const quantity = readResource(fields, resource, nameErrors);
    if (quantity !== undefined) quantities.set(resource, quantity);
  }
  return { fields, quantities };
}

/** No request may exceed its limit; what cannot be lent out (huge pages) needs a limit that equals it. */
export function checkRequests(owner: Fields, limits: Quantities, requests: FoundQuantities): void {
  for (const [name, request] of requests.quantities) {
    const limit = limits.get(name);
    const isFixed = isHugePages(name);
    if (limit === undefined) {
      if (!isFixed) continue;
      owner.report('limits', 'Required value: Limit must be set for non overcommitable resources');
    } else if (isFixed ? request.nanos !== limit.nanos : request.nanos > limit.nanos) {
      const rule = isFixed ? 'must be equal to' : 'must be less than or equal to';
      reportQuantity(requests.fields, name, request, `${rule} ${name} limit of ${formatQuantity(limit)}`);
    }
  }
}

/** Huge pages beside neither cpu nor memory: nothing would place such a container. */
export function checkHugePages(owner: Fields, name: string, resources: readonly string[]): void {
  const isCompute = resources.includes('cpu') || resources.includes('memory');
  if (resources.some(isHugePages) && !isCompute) {
    owner.report(name, 'Forbidden: HugePages require cpu or memory');
  }
}

/** In canonical form, absent where there is nothing. */
export function requirements(limits: Quantities, requests: Quantities): ResourceRequirements | undefined {
  return unlessEmpty(
    present({ limits: unlessEmpty(toList(limits)), requests: unlessEmpty(toList(requests)) }),
  );
}

function readResource(fields: Fields, resource: string, nameErrors: NameRule): Quantity | undefined {
  const nameProblems = nameErrors(resource);
  for (const problem of nameProblems) fields.report(resource, problem);
  const read = readQuantity(fields, resource);
  if (read === undefined || nameProblems.length > 0) return undefined;
  const quantity = roundUpToMilli(read);
  if (quantity.nanos < 0n) reportQuantity(fields, resource, quantity, 'must be greater than or equal to 0');
  if (isHugePages(resource) && !isWholePages(resource, quantity)) {
    const rule = `${formatQuantity(quantity)} is not positive integer multiple of ${resource}`;
    reportQuantity(fields, resource, quantity, rule);
  }
  if (resource === 'ephemeral-storage') {
    fields.note(resource, 'is not enforced: what containers write on disk is not measured');
  }
  return quantity;
}

/** core/validation: validateContainerResourceName; what only a device plugin could give is refused. */
function containerResourceErrors(name: string): readonly string[] {
  if (['cpu', 'memory', 'ephemeral-storage'].includes(name) || isHugePages(name)) return [];
  if (!name.includes('/')) {
    return [`Invalid value: ${quote(name)}: must be a standard resource for containers`];
  }
  const reasons = qualifiedNameErrors(name);
  if (reasons.length > 0) return reasons.map((reason) => `Invalid value: ${quote(name)}: ${reason}`);
  return ['Forbidden: there are no device plugins here: name the devices in a cdi.k8s.io/ annotation'];
}

function isWholePages(resource: string, { nanos }: Quantity): boolean {
  const size = resource.slice(HUGEPAGES.length);
  const isWhole = (parseQuantity(size)?.nanos ?? 1n) % 1_000_000_000n === 0n;
  return isWhole && unitsOf(size) > 0n && nanos % (unitsOf(size) * 1_000_000_000n) === 0n;
}

function toList(quantities: Quantities): ResourceList {
  return Object.fromEntries(
    [...quantities].map(([name, quantity]) => [name, formatQuantity(quantity)] as const),
  );
}
