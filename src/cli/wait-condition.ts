import {
  isEqualJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listAt,
  TinyletError,
  textAt,
} from '../base/index.ts';
import type { Condition } from './await-object.ts';

/** What is waited for. */
export interface WaitCondition {
  readonly isMet: Condition;
  /** Whether an object that is not there may still come to meet it, or meets it already. */
  readonly takesAbsence: boolean;
}

/** `condition=Ready`, `condition=Ready=False`, `delete`, `create`, `jsonpath={.status.phase}=Running`, as kubectl has them. Throws USAGE. */
export function parseWaitCondition(text: string): WaitCondition {
  const [, what = '', value = ''] = /^([a-z]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (what === 'delete' && value === '')
    return { isMet: (object) => object === undefined, takesAbsence: true };
  if (what === 'create' && value === '')
    return { isMet: (object) => object !== undefined, takesAbsence: true };
  if (what === 'condition' && value !== '') return { isMet: hasCondition(value), takesAbsence: false };
  if (what === 'jsonpath' && value !== '') return { isMet: hasAtPath(value), takesAbsence: false };
  throw new TinyletError(
    'USAGE',
    `${JSON.stringify(text)} is nothing to wait for; write condition=Ready, delete, create or jsonpath={.status.phase}=Running`,
  );
}

/** In any letter case, as kubectl compares. */
function hasCondition(text: string): Condition {
  const [type = '', status = 'true'] = text.toLowerCase().split('=', 2);
  return (object) =>
    listAt(object?.status, 'conditions').some(
      (each) =>
        textAt(each, 'type').toLowerCase() === type && textAt(each, 'status').toLowerCase() === status,
    );
}

function hasAtPath(text: string): Condition {
  const [, braced, value] = /^\{(.*?)\}(?:=(.*))?$/s.exec(text) ?? [];
  const [, bare, wanted] =
    braced === undefined ? (/^(\.[^=]*)(?:=(.*))?$/s.exec(text) ?? []) : [undefined, braced, value];
  const steps = bare === undefined ? undefined : stepsOf(bare);
  if (steps === undefined)
    throw new TinyletError(
      'USAGE',
      `${JSON.stringify(text)} is no path that is known here; write it like {.status.phase} or {.status.containerStatuses[0].ready}, or use tinylet kubectl wait`,
    );
  return (object) => {
    const found = steps.reduce<JsonValue | undefined>(memberOf, object);
    if (found === undefined) return false;
    return wanted === undefined || textOf(found) === wanted || isEqualJson(found, wanted);
  };
}

/** `.a.b`, `[0]`, `['a.b']`, `.a\.b`; undefined for what else a JSONPath may hold. */
function stepsOf(path: string): readonly string[] | undefined {
  const step = /\.((?:[\w-]|\\.)+)|\[(\d+)\]|\['([^']*)'\]/y;
  const steps: string[] = [];
  while (step.lastIndex < path.length) {
    const [, name, index, quoted] = step.exec(path) ?? [];
    const next = name?.replace(/\\(.)/g, '$1') ?? index ?? quoted;
    if (next === undefined) return undefined;
    steps.push(next);
  }
  return steps;
}

function memberOf(value: JsonValue | undefined, step: string): JsonValue | undefined {
  if (isJsonList(value)) return value[Number(step)];
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function textOf(value: JsonValue | JsonObject): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
