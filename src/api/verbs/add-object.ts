import { trackUpdate } from '../../apimachinery/index.ts';
import { type JsonObject, objectAt, textAt } from '../../base/index.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../pod/index.ts';
import { timestamp } from '../../status/index.ts';
import type { Resource } from '../resource.ts';
import { typeOfResource } from './decode-object.ts';
import { desiredOf, without } from './desired.ts';
import { alreadyExists, invalid, invalidField, notFound, requiredField } from './failures.ts';
import { generateName } from './generate-name.ts';
import type { VerbContext } from './verb.ts';
import { badRequest, type WriteOptions } from './write-options.ts';

export interface NewObject {
  readonly object: JsonObject;
  /** Of the path; empty for what has none. */
  readonly namespace: string;
  readonly options: WriteOptions;
  /** Its owners are known already: server-side apply has written them down. */
  readonly isTracked: boolean;
}

/** Makes an object that is not there yet, with an identity of its own (apiserver: rest.BeforeCreate). Only in turn. */
export async function addObject(context: VerbContext, fresh: NewObject): Promise<JsonObject> {
  const { resource, ports } = context;
  const { namespace, options } = fresh;
  refuseForeign(fresh);
  const metadata = objectAt(fresh.object, 'metadata');
  const name = newName(context, namespace, metadata);
  refuseName(resource, name);
  if (resource.namespaced && ports.objects.get('namespaces', '', namespace) === undefined)
    throw notFound({ group: '', name: 'namespaces' }, namespace);
  const there = ports.objects.get(resource.name, namespace, name);
  if (there !== undefined) throw alreadyExists(resource, name, there);
  const identity = {
    name,
    ...(resource.namespaced && { namespace }),
    uid: ports.newUid(),
    creationTimestamp: timestamp(ports.clock.nowMs()),
    ...(fresh.object.spec !== undefined && { generation: 1 }),
  };
  const object = desiredOf({ ...fresh.object, metadata: { ...without(metadata, OWN), ...identity } });
  const complete = resource.complete?.(object) ?? object;
  const tracked = await withOwners(context, { ...fresh, object: complete });
  if (!options.dryRun) return ports.writer.save(resource.name, tracked);
  await ports.writer.check(resource.name, tracked);
  return resource.withDefaults?.(tracked) ?? tracked;
}

const OWN = ['uid', 'creationTimestamp', 'generation'];

function refuseForeign({ object, namespace }: NewObject): void {
  const itsNamespace = textAt(object.metadata, 'namespace');
  if (itsNamespace !== '' && itsNamespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (textAt(object.metadata, 'resourceVersion') !== '')
    throw badRequest('resourceVersion should not be set on objects to be created');
}

function newName({ resource, ports }: VerbContext, namespace: string, metadata: JsonObject): string {
  const [name, base] = [textAt(metadata, 'name'), textAt(metadata, 'generateName')];
  if (name !== '') return name;
  if (base === '')
    throw invalid(resource, '', [requiredField('metadata.name', 'name or generateName is required')]);
  const isTaken = (candidate: string) => ports.objects.get(resource.name, namespace, candidate) !== undefined;
  return generateName(base, ports.newUid, isTaken);
}

/** Names become parts of file names. */
function refuseName(resource: Resource, name: string): void {
  const errors = resource.name === 'namespaces' ? dns1123LabelErrors(name) : dns1123SubdomainErrors(name);
  const causes = errors.map((why) => invalidField('metadata.name', name, why));
  if (causes.length > 0) throw invalid(resource, name, causes);
}

async function withOwners(
  { resource, ports }: VerbContext,
  { object, options, isTracked }: NewObject,
): Promise<JsonObject> {
  if (isTracked) return object;
  const after = { ...object, metadata: without(objectAt(object, 'metadata'), ['managedFields']) };
  const known = await typeOfResource(resource);
  const { manager } = options;
  return trackUpdate({ before: undefined, after, manager, nowMs: ports.clock.nowMs(), ...known });
}
