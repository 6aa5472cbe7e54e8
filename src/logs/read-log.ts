import { type Clock, sleep } from '../base/index.ts';
import type { LogBytes } from './log-bytes.ts';
import { type LogDirectory, openLogDirectory } from './log-directory.ts';
import { LogFiles } from './log-files.ts';
import { LogNews } from './log-news.ts';
import { type LogSelection, LogText } from './log-text.ts';
import type { ContainerLogs } from './ports.ts';
import { tailStart } from './tail-start.ts';

/** The log of one instance: `<directory>/<container>/<file>`. */
export interface LogPlace extends ContainerLogs {
  /** `<attempt>.log` */
  readonly file: string;
}

export interface LogWish extends LogSelection {
  /** So many of the lines that are there, the last ones, and what comes after them. */
  readonly tailLines?: number;
  /** Goes on while the instance lives, over rotations. */
  readonly follow: boolean;
}

export interface LogReaderPorts {
  readonly clock: Clock;
  /** Whether the instance may still write. */
  readonly isRunning: () => boolean;
  /** Tells when that may have changed, until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
  /** The bytes are the reader's again when it resolves. */
  readonly write: (text: Uint8Array) => Promise<void>;
}

/** How often is looked without a hint (kubelet: logForceCheckPeriod). */
const POLL_MS = 1_000;
/**
 * A file that its writer has left, or is about to leave, is read to its end when nothing has come for so long. The runtime may write to
 * the old file for seconds after it has made the new one.
 */
const QUIET_MS = 250;
/** What is written within it is told at once. */
const GATHER_MS = 10;
/** Rotation renames the file, then has the runtime make another. */
const MISSING_MS = 1_000;
const MISSING_PAUSE_MS = 50;

/** Rejects where there is no such log, or what is there is none: a link, a pipe. */
export async function checkLog(place: LogPlace, clock: Clock): Promise<void> {
  await withFiles(place, (files) => begin(files, clock, new AbortController().signal));
}

/**
 * Tells the text of a log: without `follow` to the end of the file (kubelet: ReadLogs; never a rotated one), with it until the instance
 * has ended and all of it is told. Ends when `signal` is aborted; rejects as checkLog does, and where `write` does. Leaves nothing open.
 */
export async function readLog(
  place: LogPlace,
  wish: LogWish,
  ports: LogReaderPorts,
  signal: AbortSignal,
): Promise<void> {
  await withFiles(place, async (files, held) => {
    const news = new LogNews(ports.clock);
    const unsubscribe = wish.follow ? subscribe({ place, files, held, news, ports, signal }) : undefined;
    try {
      const first = await begin(files, ports.clock, signal);
      if (first !== undefined) await tell(files, first, { wish, news, ports, signal });
    } finally {
      unsubscribe?.();
    }
  });
}

async function withFiles<T>(
  place: LogPlace,
  use: (files: LogFiles, held: LogDirectory) => Promise<T>,
): Promise<T> {
  const held = await openLogDirectory(place);
  if (held === undefined) throw missing(place.file);
  const files = new LogFiles(held, place.file);
  try {
    return await use(files, held);
  } finally {
    await files.close();
    await held.close();
  }
}

/** Undefined where it was aborted meanwhile. */
async function begin(files: LogFiles, clock: Clock, signal: AbortSignal): Promise<LogBytes | undefined> {
  const untilMs = clock.monotonicMs() + MISSING_MS;
  for (;;) {
    await files.look();
    if (files.current !== undefined || signal.aborted) return files.current;
    if (clock.monotonicMs() >= untilMs) throw missing(files.name);
    await sleep(clock, MISSING_PAUSE_MS, signal);
  }
}

function subscribe(given: {
  readonly place: LogPlace;
  readonly files: LogFiles;
  readonly held: LogDirectory;
  readonly news: LogNews;
  readonly ports: LogReaderPorts;
  readonly signal: AbortSignal;
}): () => void {
  const { place, files, held, news, ports, signal } = given;
  // A file that takes the name is opened also while a slow reader is still busy with the one before.
  const unwatch = held.watch((name, what) => {
    if (what === 'renamed' && name === place.file) files.look().then(news.raise, news.raise);
    else if (name === place.file) news.raise();
  });
  const forget = ports.onChange(news.raise);
  signal.addEventListener('abort', news.raise);
  return () => {
    unwatch();
    forget();
    signal.removeEventListener('abort', news.raise);
  };
}

interface Telling {
  readonly wish: LogWish;
  readonly news: LogNews;
  readonly ports: LogReaderPorts;
  readonly signal: AbortSignal;
}

async function tell(files: LogFiles, first: LogBytes, telling: Telling): Promise<void> {
  const { wish, news, ports, signal } = telling;
  const { clock } = ports;
  const text = new LogText(wish);
  let position = wish.tailLines === undefined ? 0 : await tailStart(first.handle, wish.tailLines);
  let isSettling = false;
  for (let file: LogBytes | undefined = first; file !== undefined; ) {
    const from = position;
    position = await tellRest(file, from, text, telling);
    if (!wish.follow || text.isDone || signal.aborted) return;
    await files.look();
    const isQuiet = isSettling && position === from;
    isSettling = files.hasNext || !ports.isRunning();
    if (files.isLongLeft || (isSettling && isQuiet)) {
      file = await files.advance();
      position = 0;
      isSettling = false;
      text.nextFile();
    } else if (isSettling) await sleep(clock, QUIET_MS, signal);
    else if (await news.wait(POLL_MS)) await sleep(clock, GATHER_MS, signal);
  }
}

/** To the end of the file as it is; returns where that was. */
async function tellRest(
  file: LogBytes,
  from: number,
  text: LogText,
  { ports, signal }: Pick<Telling, 'ports' | 'signal'>,
): Promise<number> {
  let position = from;
  while (!text.isDone && !signal.aborted) {
    const room = text.room();
    const bytesRead = await file.read(room, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const told = text.take(bytesRead);
    if (told.length > 0) await ports.write(told);
  }
  return position;
}

function missing(file: string): Error {
  return new Error(`there is no log ${file}`);
}
