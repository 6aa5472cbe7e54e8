import type { EventFilter, EventReport, NodeReport, PodWhy } from '../status/index.ts';

/** What the API asks of the rest of the program; daemon/ hands it in. */
export interface StatusSource {
  /** The node as it was last seen. Cheap: it is asked for on every request. */
  report(): NodeReport;
}

export interface WhySource {
  /** The last passes of the pods of that name; none where there is no such pod. */
  why(namespace: string, name: string): readonly PodWhy[];
}

export interface EventSource {
  /** By when they were last seen, the oldest first. */
  events(filter: EventFilter): readonly EventReport[];
}

export type NodeSource = StatusSource & WhySource & EventSource;
