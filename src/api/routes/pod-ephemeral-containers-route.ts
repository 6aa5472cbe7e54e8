import type { StatusCause } from '../../apimachinery/index.ts';
import { isEqualJson, type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../../base/index.ts';
import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { pods } from '../resources/pods.ts';
import type { Route } from '../route.ts';
import { changeObject, refuseOutdated } from '../verbs/change-object.ts';
import type { Edit } from '../verbs/edit.ts';
import { forbiddenField, invalid } from '../verbs/failures.ts';
import { findObject, getObject } from '../verbs/get-object.ts';
import { readPatch } from '../verbs/read-patch.ts';
import { readReplacement } from '../verbs/read-replacement.ts';
import { answerObject, type ObjectPorts, type VerbContext } from '../verbs/verb.ts';
import { objectPath } from './object-routes.ts';

const FIELD = 'spec.ephemeralContainers';

/** `…/ephemeralcontainers` of a pod: what `kubectl debug` adds to. Whatever else is written is not heeded, as in Kubernetes. */
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
  const { object, warnings } = await context.ports.inTurn(() =>
    changeObject(context, findObject(context, params), onlyAdditions(edit)),
  );
  return answerObject(context, { status: 200, object, form, warnings: [...edit.warnings, ...warnings] });
}

function onlyAdditions(edit: Edit): Edit {
  const { options, warnings } = edit;
  return {
    options,
    warnings,
    apply(current) {
      const edited = edit.apply(current);
      refuseOutdated(pods, current, edited.object);
      const shown = pods.withDefaults?.(edited.object, current) ?? edited.object;
      const [before, after] = [containersOf(current), containersOf(shown)];
      const causes = refusals(before, after);
      if (causes.length > 0) throw invalid(pods, textAt(current.metadata, 'name'), causes);
      const spec = { ...objectAt(current, 'spec'), ...(after.length > 0 && { ephemeralContainers: after }) };
      return { ...edited, object: { ...current, spec }, isTracked: false };
    },
  };
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
