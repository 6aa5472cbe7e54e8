import { type StatusCause, trackUpdate } from '../../apimachinery/index.ts';
import { isEqualJson, type JsonObject, listAt, objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { typeOfResource } from './decode-object.ts';
import { desiredOf, without } from './desired.ts';
import type { Edit, Edited } from './edit.ts';
import { conflict, invalid, invalidField } from './failures.ts';
import type { VerbContext } from './verb.ts';

const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** Gives an object that is there another version, unless it would be the same (apiserver: rest.BeforeUpdate). Only in turn. */
export async function changeObject(
  context: VerbContext,
  current: JsonObject,
  edit: Edit,
): Promise<{ readonly object: JsonObject; readonly warnings: readonly string[] }> {
  const { resource, ports } = context;
  const edited = edit.apply(current);
  refuseOutdated(resource, current, edited.object);
  const next = await nextVersion(context, current, { edit, edited });
  const { warnings } = edited;
  if (isSame(current, next)) return { object: current, warnings };
  const causes = resource.refuseChange?.(current, next) ?? [];
  if (causes.length > 0) throw invalid(resource, textAt(current.metadata, 'name'), causes);
  const desired = desiredOf(next);
  if (!edit.options.dryRun) return { object: await ports.writer.save(resource.name, desired), warnings };
  await ports.writer.check(resource.name, desired);
  return { object: next, warnings };
}

/** Throws Conflict where the client speaks of another version or another object of that name, Invalid where it wants to rename it. */
export function refuseOutdated(resource: Resource, current: JsonObject, wanted: JsonObject): void {
  const [is, asked] = [objectAt(current, 'metadata'), objectAt(wanted, 'metadata')];
  const name = textAt(is, 'name');
  const version = textAt(asked, 'resourceVersion');
  if (version !== '' && version !== '0' && version !== is.resourceVersion)
    throw conflict(resource, name, MODIFIED);
  const uid = textAt(asked, 'uid');
  if (uid !== '' && uid !== is.uid)
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${textAt(is, 'uid')}`,
    );
  const causes = ['name', 'namespace'].flatMap((field): readonly Required<StatusCause>[] =>
    textAt(asked, field) === textAt(is, field)
      ? []
      : [invalidField(`metadata.${field}`, textAt(asked, field), 'field is immutable')],
  );
  if (causes.length > 0) throw invalid(resource, name, causes);
}

/** What only the server says stays as it is; who changed what is written down. */
async function nextVersion(
  { resource, ports }: VerbContext,
  current: JsonObject,
  { edit, edited }: { readonly edit: Edit; readonly edited: Edited },
): Promise<JsonObject> {
  const complete = resource.complete?.(edited.object, current) ?? edited.object;
  const { status: _, ...wanted } = resource.withDefaults?.(complete, current) ?? complete;
  const is = objectAt(current, 'metadata');
  const kept = Object.fromEntries(
    KEPT.flatMap((field) => (is[field] === undefined ? [] : [[field, is[field]]])),
  );
  const after: JsonObject = {
    ...wanted,
    metadata: {
      ...without(objectAt(wanted, 'metadata'), KEPT),
      ...kept,
      ...generationOf(current, wanted),
    },
    ...(current.status !== undefined && { status: current.status }),
  };
  if (edited.isTracked) return after;
  const known = await typeOfResource(resource);
  const { manager } = edit.options;
  return trackUpdate({ before: current, after, manager, nowMs: ports.clock.nowMs(), ...known });
}

const KEPT = [
  'uid',
  'creationTimestamp',
  'generation',
  'resourceVersion',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

/** Counts the versions of what is wanted, and no others. */
function generationOf(current: JsonObject, wanted: JsonObject): JsonObject {
  const { generation } = objectAt(current, 'metadata');
  if (typeof generation !== 'number' || isEqualJson(current.spec, wanted.spec)) return {};
  return { generation: generation + 1 };
}

/** Whether there is nothing to write. When a manager said the same as before is of no interest. */
function isSame(current: JsonObject, next: JsonObject): boolean {
  return isEqualJson(withoutTimes(current), withoutTimes(next));
}

function withoutTimes(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  const managedFields = listAt(metadata, 'managedFields').map((entry) =>
    without(objectAt({ entry }, 'entry'), ['time']),
  );
  return { ...object, metadata: { ...metadata, managedFields } };
}
