import type { JsonObject } from '../../base/index.ts';
import type { Form } from '../accept.ts';
import { shapeObject } from '../form.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts } from '../ports.ts';
import type { Resource } from '../resource.ts';

/** What handlers for any resource work with. */
export interface VerbContext {
  readonly resource: Resource;
  readonly ports: ObjectPorts;
}

export type ObjectPorts = Pick<ApiPorts, 'objects' | 'writer' | 'clock' | 'newUid'> & {
  /** Runs what reads an object and then writes it: one after the other, so that none writes over what another has just written. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
};

/** Answers one request for objects; `request.params` has `namespace` and `name` where the path names them. */
export type VerbHandler = (context: VerbContext, request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

export interface Answer {
  readonly status: number;
  readonly object: JsonObject;
  readonly form: Form;
  readonly warnings?: readonly string[];
}

/** One object, in the form that was asked for. */
export function answerObject({ resource, ports }: VerbContext, answer: Answer): ApiResponse {
  const { status, object, form, warnings = [] } = answer;
  const shaped = shapeObject(object, form, { resource, nowMs: ports.clock.nowMs() });
  return jsonResponse(status, shaped, warnings.length === 0 ? {} : { warning: warnings.map(warningText) });
}

/** RFC 7234: 299 is "Miscellaneous Persistent Warning", `-` an agent that is not told (apimachinery: NewWarningHeader). */
function warningText(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, ' ');
  return `299 - "${printable.replace(/[\\"]/g, '\\$&')}"`;
}
