import { type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../../base/index.ts';
import { isOwnCondition } from '../../status/index.ts';
import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { pods } from '../resources/pods.ts';
import type { Route } from '../route.ts';
import { refuseOutdated } from '../verbs/change-object.ts';
import type { Edit } from '../verbs/edit.ts';
import { findObject, getObject } from '../verbs/get-object.ts';
import { readPatch } from '../verbs/read-patch.ts';
import { readReplacement } from '../verbs/read-replacement.ts';
import { answerObject, type ObjectPorts, type VerbContext } from '../verbs/verb.ts';
import { objectPath } from './object-routes.ts';

/** `…/status` of a pod. All of it is the node's to tell but the conditions of readiness gates: only those are taken from what is written. */
export function podStatusRoutes(ports: ObjectPorts): readonly Route[] {
  const context: VerbContext = { resource: pods, ports };
  const path = `${objectPath(pods)}/status`;
  return [
    { path, methods: ['GET'], handle: (request) => getObject(context, request) },
    {
      path,
      methods: ['PUT'],
      handle: async (request) => editStatus(context, request, await readReplacement(pods, request)),
    },
    {
      path,
      methods: ['PATCH'],
      handle: async (request) =>
        editStatus(context, request, await readPatch(pods, request, ports.clock.nowMs())),
    },
  ];
}

async function editStatus(context: VerbContext, request: ApiRequest, edit: Edit): Promise<ApiResponse> {
  const { headers, query, params } = request;
  const { ports } = context;
  const form = negotiateForm(headers.accept, query);
  const { object, warnings } = await ports.inTurn(async () => {
    const current = findObject(context, params);
    const edited = edit.apply(current);
    refuseOutdated(pods, current, edited.object);
    const conditions = gatesOf(edited.object);
    const { namespace = '', name = '' } = params;
    const shown = edit.options.dryRun
      ? withGates(current, conditions)
      : await ports.writer.setConditions({ namespace, name }, conditions);
    return { object: shown, warnings: edited.warnings };
  });
  return answerObject(context, { status: 200, object, form, warnings: [...edit.warnings, ...warnings] });
}

function gatesOf({ status }: JsonObject): readonly JsonObject[] {
  return listAt(status, 'conditions')
    .map((condition) => objectAt({ condition }, 'condition'))
    .filter((condition) => !isOwnCondition(textAt(condition, 'type')));
}

function withGates(pod: JsonObject, gates: readonly JsonObject[]): JsonObject {
  const isOwn = (condition: JsonValue) => isOwnCondition(textAt(condition, 'type'));
  const conditions = [...listAt(pod.status, 'conditions').filter(isOwn), ...gates];
  return { ...pod, status: { ...objectAt(pod, 'status'), conditions } };
}
