import type { StatusCause } from '../../apimachinery/index.ts';
import { isEqualJson, type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../../base/index.ts';
import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import type { ObjectName } from '../ports.ts';
import { pods } from '../resources/pods.ts';
import type { Route } from '../route.ts';
import { changeObject, refuseOutdated } from '../verbs/change-object.ts';
import type { Edit, Edited } from '../verbs/edit.ts';
import { forbiddenField, invalid } from '../verbs/failures.ts';
import { findObject, getObject } from '../verbs/get-object.ts';
import { readPatch } from '../verbs/read-patch.ts';
import { readReplacement } from '../verbs/read-replacement.ts';
import { answerObject, type ObjectPorts, type VerbContext } from '../verbs/verb.ts';
import { objectPath } from './object-routes.ts';

const FIELD = 'spec.ephemeralContainers';

/**
 * `…/ephemeralcontainers` of a pod: what `kubectl debug` adds to. Whatever else is written is not heeded, as in Kubernetes. Pods of
 * watched directories take them, too, though their files stay as they are; Kubernetes refuses what mirrors a static pod.
 */
export function podEphemeralContainersRoutes(ports: ObjectPorts): readonly Route[] {
  const context: VerbContext = { resource: pods, ports };
  const path = `${objectPath(pods)}/ephemeralcontainers`;
  return [
    { path, methods: ['GET'], handle: (request) => getObject(context, request) },
    {
      path,
      methods: ['PUT'],
      handle: async (request) => addContainers(context, request, await readReplacement(pods, request)),
    },
    {
      path,
      methods: ['PATCH'],
      handle: async (request) =>
        addContainers(context, request, await readPatch(pods, request, ports.clock.nowMs())),
    },
  ];
}

async function addContainers(context: VerbContext, request: ApiRequest, edit: Edit): Promise<ApiResponse> {
  const { headers, query, params } = request;
  const form = negotiateForm(headers.accept, query);
  const { object, warnings } = await context.ports.inTurn(() => {
    const current = findObject(context, params);
    const name = { namespace: textAt(current.metadata, 'namespace'), name: textAt(current.metadata, 'name') };
    return context.ports.writer.fileOf(pods.name, name) === undefined
      ? changeObject(context, current, onlyAdditions(edit))
      : addBeside(context, current, { edit, name });
  });
  return answerObject(context, { status: 200, object, form, warnings: [...edit.warnings, ...warnings] });
}

/** To a pod whose file is not to be written. */
async function addBeside(
  { ports: { writer } }: VerbContext,
  current: JsonObject,
  { edit, name }: { readonly edit: Edit; readonly name: ObjectName },
): Promise<{ readonly object: JsonObject; readonly warnings: readonly string[] }> {
  const { object, added, warnings } = additions(edit, current);
  if (added.length === 0) return { object: current, warnings };
  const { dryRun } = edit.options;
  const shown = await writer.addEphemeralContainers(name, added, { dryRun });
  return { object: dryRun ? object : shown, warnings };
}

function onlyAdditions(edit: Edit): Edit {
  const { options, warnings } = edit;
  return { options, warnings, apply: (current) => additions(edit, current) };
}

interface Additions extends Edited {
  /** As they were written. */
  readonly added: readonly JsonValue[];
}

function additions(edit: Edit, current: JsonObject): Additions {
  const edited = edit.apply(current);
  refuseOutdated(pods, current, edited.object);
  const shown = pods.withDefaults?.(edited.object, current) ?? edited.object;
  const [before, after] = [containersOf(current), containersOf(shown)];
  const causes = refusals(before, after);
  if (causes.length > 0) throw invalid(pods, textAt(current.metadata, 'name'), causes);
  const spec = { ...objectAt(current, 'spec'), ...(after.length > 0 && { ephemeralContainers: after }) };
  const known = new Set(before.map((container) => textAt(container, 'name')));
  const added = containersOf(edited.object).filter((container) => !known.has(textAt(container, 'name')));
  return { ...edited, object: { ...current, spec }, isTracked: false, added };
}

/** Kubernetes: ValidatePodEphemeralContainersUpdate. */
function refusals(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): readonly Required<StatusCause>[] {
  return before.flatMap((container): readonly Required<StatusCause>[] => {
    const name = textAt(container, 'name');
    const now = after.find((each) => textAt(each, 'name') === name);
    if (now === undefined)
      return [forbiddenField(FIELD, `existing ephemeral containers "${name}" may not be removed\n`)];
    return isEqualJson(container, now)
      ? []
      : [forbiddenField(FIELD, `existing ephemeral containers "${name}" may not be changed\n`)];
  });
}

function containersOf({ spec }: JsonObject): readonly JsonValue[] {
  return listAt(spec, 'ephemeralContainers');
}
