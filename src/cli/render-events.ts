import { type EventReport, humanAge } from '../status/index.ts';
import { escapeControl } from './escape-control.ts';
import type { RenderOptions } from './render-status.ts';
import { renderTable } from './table.ts';

const COLUMNS = ['NAMESPACE', 'LAST SEEN', 'TYPE', 'REASON', 'POD', 'CONTAINER', 'MESSAGE'];

const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';

/** What `tinylet events` prints: the table of `kubectl events`, the latest last. */
export function renderEvents(
  events: readonly EventReport[],
  nowMs: number,
  { color }: Pick<RenderOptions, 'color'> = {},
): string {
  if (events.length === 0) return 'No events.\n';
  const rows = events.map((event) => rowOf(event, nowMs).map(escapeControl));
  const [title = '', ...lines] = renderTable([COLUMNS, ...rows]);
  return `${[color === true ? `${BOLD}${title}${PLAIN}` : title, ...lines].join('\n')}\n`;
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
