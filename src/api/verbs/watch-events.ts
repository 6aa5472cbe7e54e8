import { type JsonObject, objectAt, textAt } from '../../base/index.ts';
import type { ObjectChange } from '../../store/index.ts';
import type { Form } from '../accept.ts';
import { shapeObject } from '../form.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import type { Selection } from './selection.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** What a change is to somebody who sees only some objects (apiserver: cacheWatcher.convertToWatchEvent). */
export function eventOf(change: ObjectChange, isChosen: Selection): WatchEvent | undefined {
  const { type, object, before } = change;
  if (type !== 'MODIFIED' || before === undefined) return isChosen(object) ? { type, object } : undefined;
  const [was, is] = [isChosen(before), isChosen(object)];
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  // What is gone for the client is told as it knew it.
  return was ? { type: 'DELETED', object: withVersionOf(before, object) } : undefined;
}

export interface WatchEvent {
  readonly type: WatchEventType;
  readonly object: JsonObject;
}

/** Carries a version and no object: whoever watches may go on from there. */
export function bookmark(resource: Resource, version: number, annotations?: JsonObject): WatchEvent {
  const metadata = {
    resourceVersion: String(version),
    creationTimestamp: null,
    ...(annotations && { annotations }),
  };
  return { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } };
}

export interface EventShape {
  readonly resource: Resource;
  readonly form: Form;
  readonly nowMs: number;
  readonly withColumns: boolean;
}

/** One line of a watch. */
export function eventText({ type, object }: WatchEvent, { form, ...shaping }: EventShape): string {
  return `${JSON.stringify({ type, object: shapeObject(object, form, shaping) })}\n`;
}

/** Makes the text of a change once for all who watch in the same form: they are told one after the other. */
export class ChangeTexts {
  #change: ObjectChange | undefined;
  /** A table told later has other ages. */
  #second = 0;
  #texts = new Map<string, string>();

  textOf(change: ObjectChange, event: WatchEvent, shape: EventShape): string {
    const { form, withColumns, nowMs } = shape;
    const second = Math.floor(nowMs / 1000);
    if (this.#change !== change || this.#second !== second) this.#texts = new Map();
    this.#change = change;
    this.#second = second;
    const key = `${event.type} ${withColumns} ${Object.values(form).join(' ')}`;
    const text = this.#texts.get(key) ?? eventText(event, shape);
    this.#texts.set(key, text);
    return text;
  }
}

function withVersionOf(object: JsonObject, { metadata }: JsonObject): JsonObject {
  const resourceVersion = textAt(metadata, 'resourceVersion');
  return { ...object, metadata: { ...objectAt(object, 'metadata'), resourceVersion } };
}
