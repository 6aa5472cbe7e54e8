import { strategicMergePatch } from '../../apimachinery/index.ts';
import { type JsonObject, type JsonValue, listAt, objectAt, textAt } from '../../base/index.ts';
import { isOwnCondition } from '../../status/index.ts';
import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { pods } from '../resources/pods.ts';
import type { Route } from '../route.ts';
import { refuseOutdated } from '../verbs/change-object.ts';
import { typeOfResource } from '../verbs/decode-object.ts';
import type { Edit, Edited } from '../verbs/edit.ts';
import { findObject, getObject } from '../verbs/get-object.ts';
import { readPatch } from '../verbs/read-patch.ts';
import { readReplacement } from '../verbs/read-replacement.ts';
import { answerObject, type ObjectPorts, type VerbContext } from '../verbs/verb.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
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
      handle: async (request) => {
        const edit = isApply(request)
          ? await readApply(request)
          : await readPatch(pods, request, ports.clock.nowMs());
        return editStatus(context, request, edit);
      },
    },
  ];
}

function isApply({ headers }: ApiRequest): boolean {
  return /^\s*application\/apply-patch\+yaml\s*(;|$)/i.test(headers['content-type'] ?? '');
}

/**
 * A server-side apply to a status. Nobody owns what stands there, so it is merged as a strategic patch is: there are no conflicts, and a
 * condition that an earlier apply set stays until it is set to something else.
 */
async function readApply(request: ApiRequest): Promise<Edit> {
  const options = readWriteOptions(request, 'PatchOptions', true);
  const { apply: written, warnings } = await readReplacement(pods, request);
  const { type, types } = await typeOfResource(pods);
  const apply = (current: JsonObject): Edited => {
    const { metadata = {}, status = {} } = written(current).object;
    const object = strategicMergePatch(current, { metadata, status }, type, types);
    return { object, warnings: [], isTracked: false };
  };
  return { options, warnings, apply };
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
