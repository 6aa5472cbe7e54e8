import type { DownwardRef } from './downward.ts';
import { goQuote } from './go-quote.ts';
import type { PodUid } from './identity.ts';
import type { NodeFacts } from './node-facts.ts';
import { allContainers, type Container, type Pod } from './pod.ts';
import { parseQuantity, type Quantity, timesOf } from './quantity.ts';

/** What of a pod's surroundings its own fields may ask for. */
export interface PodFacts {
  readonly uid: PodUid;
  /** First the primary address. Empty while there is no sandbox. */
  readonly podIPs: readonly string[];
  readonly node: NodeFacts;
}

/** What a reference stands for, or why it stands for nothing. */
export type DownwardValue = { readonly text: string } | { readonly problem: string };

/**
 * The text of a field or resource of a pod (kubelet: fieldpath.ExtractFieldPathAsString, resource.ExtractContainerResourceValue).
 * `container` is the one that asks; in volumes the reference names it.
 */
export function downwardValue(
  pod: Pod,
  ref: DownwardRef,
  facts: PodFacts,
  container?: Container,
): DownwardValue {
  if (ref.kind === 'fieldRef') return fieldValue(pod, ref.fieldPath, facts);
  const { containerName } = ref;
  const named =
    containerName === undefined ? container : allContainers(pod).find(({ name }) => name === containerName);
  if (named === undefined) return { problem: `container ${containerName ?? ''} not found` };
  const value = resourceValue(pod, named, ref.resource, facts.node);
  if (value === undefined) return { problem: `unsupported container resource : ${ref.resource}` };
  const divisor = parseQuantity(ref.divisor ?? '1') ?? zero;
  return { text: String(timesOf(value, divisor)) };
}

const SUBSCRIPTED = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/s;

function fieldValue(pod: Pod, path: string, facts: PodFacts): DownwardValue {
  const [, whole, key] = SUBSCRIPTED.exec(path) ?? [];
  if (whole !== undefined && key !== undefined) {
    const entries = whole === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations;
    return { text: Object.hasOwn(entries, key) ? (entries[key] ?? '') : '' };
  }
  const text = plainFields.get(path)?.(pod, facts);
  return text === undefined ? { problem: `unsupported fieldPath: ${path}` } : { text };
}

const plainFields: ReadonlyMap<string, (pod: Pod, facts: PodFacts) => string> = new Map([
  ['metadata.name', ({ metadata }: Pod) => metadata.name],
  ['metadata.namespace', ({ metadata }: Pod) => metadata.namespace],
  ['metadata.uid', (_pod: Pod, { uid }: PodFacts) => uid],
  ['metadata.labels', ({ metadata }: Pod) => lines(metadata.labels)],
  ['metadata.annotations', ({ metadata }: Pod) => lines(metadata.annotations)],
  ['spec.nodeName', (_pod: Pod, { node }: PodFacts) => node.name],
  ['spec.serviceAccountName', ({ spec }: Pod) => spec.serviceAccountName ?? ''],
  ['status.hostIP', (_pod: Pod, { node }: PodFacts) => node.hostIPs[0] ?? ''],
  ['status.hostIPs', (_pod: Pod, { node }: PodFacts) => node.hostIPs.join(',')],
  ['status.podIP', (pod: Pod, facts: PodFacts) => podIPsOf(pod, facts)[0] ?? ''],
  ['status.podIPs', (pod: Pod, facts: PodFacts) => podIPsOf(pod, facts).join(',')],
]);

/** A pod on the machine's network has the machine's addresses. */
function podIPsOf({ spec }: Pod, { node, podIPs }: PodFacts): readonly string[] {
  return spec.hostNetwork ? node.hostIPs : podIPs;
}

/** All labels or annotations, as files show them (kubelet: fieldpath.FormatMap). */
function lines(entries: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, value]) => `${key}=${goQuote(value)}`).join('\n');
}

/** What a limit falls back to where the container has none: all of the machine. */
const capacities: ReadonlyMap<string, (node: NodeFacts) => Quantity> = new Map([
  ['cpu', ({ cpuMilli }: NodeFacts) => quantityOf(cpuMilli, 1_000_000n)],
  ['memory', ({ memoryBytes }: NodeFacts) => quantityOf(memoryBytes, 1_000_000_000n)],
  ['ephemeral-storage', ({ storageBytes }: NodeFacts) => quantityOf(storageBytes, 1_000_000_000n)],
]);

function resourceValue(
  { spec }: Pod,
  { resources }: Container,
  resource: string,
  node: NodeFacts,
): Quantity | undefined {
  const [, kind, name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  const capacity = capacities.get(name)?.(node);
  if (kind === undefined || (capacity === undefined && !name.startsWith('hugepages-'))) return undefined;
  if (kind === 'requests') return parsed(resources?.requests?.[name]);
  const limit = parsed(resources?.limits?.[name]);
  if (limit.nanos !== 0n || capacity === undefined) return limit;
  const ofPod = parsed(spec.resources?.limits?.[name]);
  return ofPod.nanos !== 0n && ofPod.nanos < capacity.nanos ? ofPod : capacity;
}

const zero: Quantity = { nanos: 0n, format: 'DecimalSI' };

function parsed(text: string | undefined): Quantity {
  return (text === undefined ? undefined : parseQuantity(text)) ?? zero;
}

function quantityOf(value: number, nanosEach: bigint): Quantity {
  return { ...zero, nanos: BigInt(Math.trunc(value)) * nanosEach };
}
