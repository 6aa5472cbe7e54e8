import { type EventReport, humanAge } from '../status/index.ts';
import { escapeControl } from './escape-control.ts';
import type { RenderOptions } from './render-status.ts';
import { AlignedRows } from './table.ts';
import { wrapHanging } from './wrap.ts';

const COLUMNS = ['NAMESPACE', 'LAST SEEN', 'TYPE', 'REASON', 'POD', 'CONTAINER', 'MESSAGE'];

const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';

/** What `tinylet events` prints: the table of `kubectl events`, the latest last. */
export function renderEvents(events: readonly EventReport[], nowMs: number, options?: RenderOptions): string {
  return events.length === 0 ? 'No events.\n' : new EventTable(options).text(events, nowMs);
}

/** That table as it grows: what is told later stands below what was told before. */
export class EventTable {
  readonly #options: RenderOptions;
  readonly #aligned = new AlignedRows();
  #isFirst = true;

  constructor(options: RenderOptions = {}) {
    this.#options = options;
  }

  /** The rows of some events, the first of all with the titles before them. */
  text(events: readonly EventReport[], nowMs: number): string {
    const { color, width } = this.#options;
    const rows = events.map((event) => rowOf(event, nowMs).map(escapeControl));
    const lines = this.#aligned.lines(this.#isFirst ? [COLUMNS, ...rows] : rows);
    const [line = '', [row]] = [lines.at(-1), rows.slice(-1)];
    const at = line.length - (row?.at(-1) ?? '').length;
    const [title, below] = this.#isFirst ? [lines.slice(0, 1), lines.slice(1)] : [[], lines];
    this.#isFirst = false;
    if (width !== undefined && at > width) return `${rows.map((each) => asLines(each, width)).join('\n')}\n`;
    const heading = title.map((text) => (color === true ? `${BOLD}${text}${PLAIN}` : text));
    return `${[...heading, ...below.map((text) => foldMessage(text, at, width))].join('\n')}\n`;
  }
}

/** Less room than this for the message, and it is better off on lines of its own. */
const LEAST_MESSAGE_WIDTH = 30;
const OWN_LINE = ' '.repeat(4);

/** A message that does not fit beside its cells goes on below itself, or stands below them all: a terminal would break it anywhere. */
function foldMessage(line: string, at: number, width: number | undefined): string {
  if (width === undefined || line.length <= width) return line;
  const [cells, message] = [line.slice(0, at), line.slice(at)];
  if (at + LEAST_MESSAGE_WIDTH <= width) return cells + wrapHanging(message, width, ' '.repeat(at));
  return `${cells.trimEnd()}\n${OWN_LINE}${wrapHanging(message, width, OWN_LINE)}`;
}

/** Where not even the cells fit, columns help nobody. */
function asLines(row: readonly string[], width: number): string {
  const [namespace, seen, type, reason, pod, container, message = ''] = row;
  const about = container === '' ? '' : ` ${container}`;
  const words = `${seen} ${type} ${reason} ${namespace}/${pod}${about}`;
  return `${wrapHanging(words, width, OWN_LINE)}\n${OWN_LINE}${wrapHanging(message, width, OWN_LINE)}`;
}

function rowOf(event: EventReport, nowMs: number): readonly string[] {
  const { namespace, type, reason, name, fieldPath, message } = event;
  const container = /\{(.*)\}$/.exec(fieldPath ?? '')?.[1] ?? '';
  return [namespace, lastSeen(event, nowMs), type, reason, name, container, message];
}

/** `2m`, or `2m (x5 over 10m)` for what came more than once. */
function lastSeen({ count, firstTimestamp, lastTimestamp }: EventReport, nowMs: number): string {
  const age = humanAge(nowMs - Date.parse(lastTimestamp));
  return count === 1 ? age : `${age} (x${count} over ${humanAge(nowMs - Date.parse(firstTimestamp))})`;
}
