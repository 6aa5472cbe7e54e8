import type { LoggedEvent } from '../status/index.ts';
import { eventName, eventObject } from './kinds/event-object.ts';
import type { ObjectSource } from './object-reader.ts';

/** Events do not change: one that counts is another one. */
const names = new WeakMap<LoggedEvent, string>();

export function eventSource(events: () => readonly LoggedEvent[], nodeName: string): ObjectSource {
  return {
    resource: 'events',
    *objects() {
      for (const event of events()) {
        const name = names.get(event) ?? eventName(event);
        names.set(event, name);
        const { namespace } = event;
        yield { namespace, name, basis: [event], make: () => eventObject(event, nodeName) };
      }
    },
  };
}
