import { ApiFailure } from '../../apimachinery/index.ts';
import { isEqualJson, type JsonObject, objectAt, textAt } from '../../base/index.ts';
import { timestamp } from '../../status/index.ts';
import type { ApiPorts, ObjectName } from '../ports.ts';
import type { Resource } from '../resource.ts';
import { ALL_RESOURCES } from '../resources/all-resources.ts';
import { desiredOf, without } from '../verbs/desired.ts';
import { conflict, invalid } from '../verbs/failures.ts';

/** An object of a body. */
export interface ManifestObject {
  readonly resource: string;
  readonly object: JsonObject;
}

/** An object as it is to be from now on, and as it was. */
export interface WantedObject {
  readonly resource: string;
  readonly name: ObjectName;
  readonly uid: string;
  /** Complete, as the writer takes it. */
  readonly desired: JsonObject;
  /** Undefined where there was none. */
  readonly former?: JsonObject;
}

/** What the server alone says. */
const OWN = ['uid', 'creationTimestamp', 'generation', 'resourceVersion', 'managedFields'];

/**
 * What has to be written for an object of a manifest to be in force: a new one, or another version of the one that bears its name, which
 * keeps its identity. Throws Conflict of a pod that is on its way out, Invalid where what may not be changed would be.
 */
export function wantedObject(
  { objects, newUid, clock }: Pick<ApiPorts, 'objects' | 'newUid' | 'clock'>,
  { resource: resourceName, object }: ManifestObject,
): WantedObject {
  const resource = resourceOf(resourceName);
  const metadata = objectAt(object, 'metadata');
  const name = { namespace: textAt(metadata, 'namespace'), name: textAt(metadata, 'name') };
  const current = objects.get(resource.name, name.namespace, name.name);
  const authored = without(metadata, OWN);
  const isCounted = object.spec !== undefined;
  if (current === undefined) {
    const uid = newUid();
    const creationTimestamp = timestamp(clock.nowMs());
    const identity = { uid, creationTimestamp, ...(isCounted && { generation: 1 }) };
    const complete = resource.complete?.(object) ?? object;
    const desired = desiredOf({
      ...complete,
      metadata: { ...without(objectAt(complete, 'metadata'), OWN), ...identity },
    });
    return { resource: resource.name, name, uid, desired };
  }
  const { uid, creationTimestamp, generation, deletionTimestamp } = objectAt(current, 'metadata');
  if (deletionTimestamp !== undefined)
    throw conflict(resource, name.name, 'it is being deleted; try again when it is gone');
  const identity = { uid, creationTimestamp, ...(generation !== undefined && { generation }) };
  const complete = resource.complete?.(object, current) ?? object;
  const { status: _, ...next } = resource.withDefaults?.(complete, current) ?? complete;
  const causes = resource.refuseChange?.(current, next) ?? [];
  if (causes.length > 0) throw invalid(resource, name.name, causes);
  const isOther = !isEqualJson(current.spec, next.spec);
  const counted = typeof generation === 'number' && isOther ? { generation: generation + 1 } : {};
  const desired = desiredOf({ ...next, metadata: { ...authored, ...identity, ...counted } });
  return {
    ...{ resource: resource.name, name, desired, former: desiredOf(current) },
    uid: textAt({ uid }, 'uid'),
  };
}

/** `default/web`, or `web` where there is no namespace. */
export function fullName({ namespace, name }: ObjectName): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function resourceOf(name: string): Resource {
  const resource = ALL_RESOURCES.find((each) => each.name === name);
  if (resource === undefined) throw new ApiFailure('BadRequest', `${name} cannot be made from a manifest`);
  return resource;
}
