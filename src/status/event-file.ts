import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Clock, errnoOf, type Logger, messageOf, type Timer, writeFileAtomic } from '../base/index.ts';
import { asPodUid } from '../pod/index.ts';
import type { LoggedEvent } from './logged-event.ts';

export interface EventFileOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long changes are gathered before they are written. */
  readonly debounceMs: number;
  /** The file is written anew when it has twice as many lines. */
  readonly limit: number;
  /** All events that are kept now, the oldest first. */
  readonly all: () => readonly LoggedEvent[];
}

/** More than any daemon writes: 2,000 lines with every character escaped. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Events as lines of JSON, each the state of one event at one moment: a later line about the same event counts. Lines are added, and
 * the whole is written anew when it grew too long or cannot be added to. A disk that refuses costs the events of that time across a
 * restart, and nothing else.
 */
export class EventFile {
  readonly #path: string;
  readonly #options: EventFileOptions;
  #unwritten: LoggedEvent[] = [];
  #timer: Timer | undefined;
  #lines = 0;
  /** Nothing may be added to what is there: it ends in the middle of a line, or is not known. */
  #isBroken = true;
  #isRefused = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, options: EventFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** To be written a little later. */
  note(event: LoggedEvent): void {
    this.#unwritten.push(event);
    this.#timer ??= this.#options.clock.setTimer(this.#options.debounceMs, () => this.#flush());
  }

  /** What is there, the oldest first. What cannot be understood is left out, and told of once. */
  async read(): Promise<readonly LoggedEvent[]> {
    const text = await this.#readText();
    const lines = text.split('\n');
    const events = lines.slice(0, -1).flatMap((line) => parseEvent(line) ?? []);
    this.#lines = lines.length - 1;
    const skipped = this.#lines - events.length + (lines.at(-1) === '' ? 0 : 1);
    this.#isBroken = skipped > 0 || text === '';
    if (skipped > 0)
      this.#options.logger.warn({ file: this.#path, lines: skipped }, 'events cannot be read: left out');
    return events;
  }

  /** Resolves when everything is written, or could not be. */
  async close(): Promise<void> {
    this.#flush();
    await this.#writing;
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const events = this.#unwritten;
    if (events.length === 0) return;
    this.#unwritten = [];
    try {
      if (this.#isBroken || this.#lines + events.length > 2 * this.#options.limit) await this.#writeAll();
      else await this.#append(events);
      this.#isRefused = false;
    } catch (error) {
      this.#isBroken = true;
      if (!this.#isRefused)
        this.#options.logger.warn({ file: this.#path, err: messageOf(error) }, 'events cannot be written');
      this.#isRefused = true;
    }
  }

  async #writeAll(): Promise<void> {
    const events = this.#options.all();
    await writeFileAtomic(this.#path, textOf(events), { durable: 'after' });
    this.#lines = events.length;
    this.#isBroken = false;
  }

  async #append(events: readonly LoggedEvent[]): Promise<void> {
    const file = await open(this.#path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      await file.writeFile(textOf(events));
      this.#lines += events.length;
    } finally {
      await file.close();
    }
  }

  async #readText(): Promise<string> {
    try {
      const file = await open(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stats = await file.stat();
        if (stats.isFile() && stats.size <= MAX_BYTES) return await file.readFile('utf8');
        this.#options.logger.warn({ file: this.#path }, 'events cannot be read: no file, or too large');
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT')
        this.#options.logger.warn({ file: this.#path, err: messageOf(error) }, 'events cannot be read');
    }
    return '';
  }
}

function textOf(events: readonly LoggedEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** Undefined for what no daemon of this version wrote. */
function parseEvent(line: string): LoggedEvent | undefined {
  const value = new Map<string, unknown>(Object.entries(parseObject(line)));
  const text = (name: string): string | undefined => {
    const found = value.get(name);
    return typeof found === 'string' ? found : undefined;
  };
  const number = (name: string): number | undefined => {
    const found = value.get(name);
    return typeof found === 'number' ? found : undefined;
  };
  const [uid, namespace, name, reason, message] = ['uid', 'namespace', 'name', 'reason', 'message'].map(text);
  const [count, firstMs, lastMs] = ['count', 'firstMs', 'lastMs'].map(number);
  const [type, fieldPath] = [text('type'), text('fieldPath')];
  if (uid === undefined || namespace === undefined || name === undefined) return undefined;
  if (reason === undefined || message === undefined || (type !== 'Normal' && type !== 'Warning'))
    return undefined;
  if (count === undefined || firstMs === undefined || lastMs === undefined) return undefined;
  const about = { uid: asPodUid(uid), namespace, name, ...(fieldPath !== undefined && { fieldPath }) };
  return { ...about, type, reason, message, count, firstMs, lastMs };
}

function parseObject(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
