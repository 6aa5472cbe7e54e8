import { ApiFailure } from '../../apimachinery/index.ts';
import { type Timer, textAt } from '../../base/index.ts';
import type { ObjectChange } from '../../store/index.ts';
import { type Form, negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse, BodySink } from '../message.ts';
import { failureStatus } from '../status-error.ts';
import { BoundedQueue } from './bounded-queue.ts';
import { type ListOptions, readListOptions } from './list-options.ts';
import { type Selection, selectionOf } from './selection.ts';
import { refuseTooNew } from './too-new.ts';
import type { VerbContext } from './verb.ts';
import {
  bookmark,
  ChangeTexts,
  type EventShape,
  eventOf,
  eventText,
  type WatchEvent,
} from './watch-events.ts';

/** A client that is this far behind begins anew with a list; it costs the node no more memory. */
const QUEUE_CHARACTERS = 4 * 1024 * 1024;
/** As Kubernetes has it, about. */
const BOOKMARK_EVERY_MS = 60_000;
/** What tells a client that it has all there was (apimachinery: metav1.InitialEventsAnnotationKey). */
const END_OF_INITIAL = { 'k8s.io/initial-events-end': 'true' };
/** Initial objects are handed over in pieces of about this size. */
const PIECE_CHARACTERS = 64 * 1024;

const changeTexts = new ChangeTexts();

/**
 * GET with `watch`: changes as they come, one JSON text a line (apimachinery: WatchEvent). Without a version, or from 0 on, all there is
 * comes first, as ADDED. It goes on until the client leaves or its time is over; a client that does not read is cut off.
 */
export function watchObjects(context: VerbContext, request: ApiRequest): ApiResponse {
  const { resource, ports } = context;
  const { query, headers, params } = request;
  const options = readListOptions(query, true);
  const watch: Watch = {
    context,
    options,
    form: negotiateForm(headers.accept, query),
    isChosen: selectionOf(resource, query),
    namespace: params.namespace,
  };
  refuseTooNew(options.version, ports.objects.list(resource.name, params.namespace).version);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: (sink, signal) => new RunningWatch(watch, sink).run(signal),
  };
}

interface Watch {
  readonly context: VerbContext;
  readonly options: ListOptions;
  readonly form: Form;
  readonly isChosen: Selection;
  readonly namespace: string | undefined;
}

class RunningWatch {
  readonly #watch: Watch;
  readonly #sink: BodySink;
  readonly #queue = new BoundedQueue(QUEUE_CHARACTERS);
  readonly #ending = new AbortController();
  readonly #ended: Promise<void>;
  /** Of a table only the first event says what its columns are. */
  #isFirst = true;
  #bookmarkTimer: Timer | undefined;

  constructor(watch: Watch, sink: BodySink) {
    this.#watch = watch;
    this.#sink = sink;
    const { signal } = this.#ending;
    this.#ended = new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Rejects where the client was too slow: what it has read is not the whole. */
  async run(gone: AbortSignal): Promise<void> {
    const { options, context } = this.#watch;
    const { clock } = context.ports;
    const end = (): void => this.#ending.abort();
    if (gone.aborted) end();
    gone.addEventListener('abort', end, { once: true });
    const timer = options.timeoutMs === undefined ? undefined : clock.setTimer(options.timeoutMs, end);
    if (options.allowWatchBookmarks) this.#bookmarkLater();
    try {
      await this.#tell();
    } finally {
      end();
      timer?.cancel();
      this.#bookmarkTimer?.cancel();
      gone.removeEventListener('abort', end);
    }
    if (this.#queue.isOverflowing) throw new Error('a client that watches does not read what it is told');
  }

  async #tell(): Promise<void> {
    const { version, events } = this.#initial();
    // What changes while these are on their way waits behind them.
    const texts = events.map((event) => () => eventText(event, this.#shape()));
    const first = texts.shift()?.() ?? '';
    if (!this.#follow(version)) return this.#write(this.#expired(version));
    await this.#writePieces(first, texts);
    for (;;) {
      const text = await this.#queue.take(this.#ending.signal);
      if (text === undefined) return;
      await this.#write(text);
    }
  }

  /** What is told before any change, and the version it is of. */
  #initial(): { readonly version: number; readonly events: readonly WatchEvent[] } {
    const { context, options, namespace, isChosen } = this.#watch;
    const { resource, ports } = context;
    const asked = options.version ?? 0;
    if (!(options.sendInitialEvents ?? asked === 0) && asked > 0) return { version: asked, events: [] };
    const { version, items } = ports.objects.list(resource.name, namespace);
    if (options.sendInitialEvents === false) return { version, events: [] };
    const added = items.filter(isChosen).map((object): WatchEvent => ({ type: 'ADDED', object }));
    const isEndTold = options.sendInitialEvents === true && options.allowWatchBookmarks;
    return { version, events: isEndTold ? [...added, bookmark(resource, version, END_OF_INITIAL)] : added };
  }

  /** Queues the changes from a version on; false where they are not known any more. */
  #follow(version: number): boolean {
    const { resource, ports } = this.#watch.context;
    const note = (change: ObjectChange): void => this.#note(change);
    return ports.objects.watch(resource.name, version, note, this.#ending.signal);
  }

  #note(change: ObjectChange): void {
    const { isChosen, namespace } = this.#watch;
    if (namespace !== undefined && textAt(change.object.metadata, 'namespace') !== namespace) return;
    const event = eventOf(change, isChosen);
    if (event !== undefined) this.#queueText(changeTexts.textOf(change, event, this.#shape()));
  }

  #bookmarkLater(): void {
    const { resource, ports } = this.#watch.context;
    this.#bookmarkTimer = ports.clock.setTimer(BOOKMARK_EVERY_MS, () => {
      this.#queueText(eventText(bookmark(resource, ports.objects.version), this.#shape()));
      this.#bookmarkLater();
    });
  }

  #queueText(text: string): void {
    if (!this.#queue.push(text)) this.#ending.abort();
  }

  #shape(): EventShape {
    const { context, form } = this.#watch;
    const { resource, ports } = context;
    const withColumns = this.#isFirst;
    this.#isFirst = false;
    return { resource, form, nowMs: ports.clock.nowMs(), withColumns };
  }

  #expired(version: number): string {
    const current = this.#watch.context.ports.objects.version;
    const failure = new ApiFailure('Expired', `too old resource version: ${version} (${current})`);
    return `${JSON.stringify({ type: 'ERROR', object: failureStatus(failure) })}\n`;
  }

  async #writePieces(first: string, texts: readonly (() => string)[]): Promise<void> {
    let piece = first;
    for (const text of texts) {
      piece += text();
      if (piece.length < PIECE_CHARACTERS) continue;
      await this.#write(piece);
      piece = '';
    }
    if (piece !== '') await this.#write(piece);
  }

  /** Waits for the client, but no longer than the watch goes on. */
  async #write(text: string): Promise<void> {
    if (!this.#ending.signal.aborted) await Promise.race([this.#sink.write(text), this.#ended]);
  }
}
