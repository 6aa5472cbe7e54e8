import type { Clock, Logger } from '../base/index.ts';
import type { PodEvent, PodUid, TellEvent } from '../pod/index.ts';
import { EventFile } from './event-file.ts';
import { EventRing } from './event-ring.ts';
import type { LoggedEvent } from './logged-event.ts';

/** Which events to show; absent is all. */
export interface EventFilter {
  readonly uid?: PodUid;
  readonly namespace?: string;
  readonly name?: string;
}

export interface EventLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where they are kept across restarts; in memory alone if absent. */
  readonly file?: string;
  /** How many are kept of all pods together, and of one: a noisy one does not push out the others'. */
  readonly limit?: number;
  readonly limitOfPod?: number;
}

/** What happened to pods, bounded in number and time, in memory and in a file. */
export interface EventLog {
  /** Never fails, never waits: the file is written a little later. */
  readonly tell: TellEvent;
  /** By when they were last seen, the oldest first. */
  list(filter?: EventFilter): readonly LoggedEvent[];
  /** Reads back what an earlier daemon left. Never rejects: what cannot be read is gone. */
  load(): Promise<void>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

const LIMIT = 1_000;
const LIMIT_OF_POD = 100;
/** The longest message (core/v1 event validation). */
const MESSAGE_CHARACTERS = 1_024;
/** Writes are gathered so long. */
const DEBOUNCE_MS = 1_000;

export function createEventLog(options: EventLogOptions): EventLog {
  const { clock, logger, limit = LIMIT, limitOfPod = LIMIT_OF_POD } = options;
  const ring = new EventRing({ limit, limitOfPod });
  const file =
    options.file === undefined
      ? undefined
      : new EventFile(options.file, {
          clock,
          logger,
          debounceMs: DEBOUNCE_MS,
          limit,
          all: () => ring.all(clock.nowMs()),
        });
  return {
    tell(event) {
      const told = ring.tell(shortened(event), clock.nowMs());
      file?.note(told);
    },
    list: (filter = {}) => ring.all(clock.nowMs()).filter((event) => matches(event, filter)),
    async load() {
      for (const event of (await file?.read()) ?? []) ring.restore(event);
    },
    close: async () => file?.close(),
  };
}

function shortened(event: PodEvent): PodEvent {
  const { message } = event;
  return message.length <= MESSAGE_CHARACTERS
    ? event
    : { ...event, message: `${message.slice(0, MESSAGE_CHARACTERS - 3)}...` };
}

function matches(event: LoggedEvent, { uid, namespace, name }: EventFilter): boolean {
  return (
    (uid === undefined || event.uid === uid) &&
    (namespace === undefined || event.namespace === namespace) &&
    (name === undefined || event.name === name)
  );
}
