import {
  type ActionReport,
  humanAge,
  type PassReport,
  type PodWhy,
  type WaitReport,
} from '../status/index.ts';
import { escapeControl } from './escape-control.ts';
import type { RenderOptions } from './render-status.ts';
import { wrapHanging } from './wrap.ts';

const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';

/** What `tinylet why` prints: the last passes of each pod of that name, the latest last. */
export function renderWhy(pods: readonly PodWhy[], nowMs: number, options: RenderOptions = {}): string {
  return `${pods.map((pod) => renderPod(pod, nowMs, options)).join('\n\n')}\n`;
}

function renderPod(
  { namespace, name, uid, status, passes }: PodWhy,
  nowMs: number,
  options: RenderOptions,
): string {
  const title = escapeControl(`${namespace}/${name} (${uid}): ${status}`);
  const folded = fold(title, options.width);
  const heading = options.color === true ? `${BOLD}${folded}${PLAIN}` : folded;
  const lines =
    passes.length === 0 ? ['  It was not looked at yet.'] : passes.flatMap((pass) => passLines(pass, nowMs));
  return [heading, ...lines.map((line) => fold(escapeControl(line), options.width))].join('\n');
}

function passLines(pass: PassReport, nowMs: number): readonly string[] {
  const { at, lastAt, count, triggers, observed, actions, waiting, error } = pass;
  const times = count === 1 ? '' : `, ${count} times since ${at}`;
  const because = triggers.length === 0 ? 'no trigger' : triggers.join(', ');
  const isIdle = actions.length === 0 && waiting.length === 0 && error === undefined;
  return [
    `  ${lastAt} (${humanAge(nowMs - Date.parse(lastAt))} ago)${times}: ${because}`,
    ...(error === undefined ? [`    saw: ${observed.join('; ')}`] : [`    could not look: ${error}`]),
    ...actions.map((action) => `    ${actionLine(action)}`),
    ...waiting.map((wait) => `    waits: ${waitLine(wait, nowMs)}`),
    ...(isIdle ? ['    nothing is to be done'] : []),
  ];
}

function actionLine({ action, outcome, durationMs, error }: ActionReport): string {
  const took = durationMs === undefined ? '' : ` (${durationMs} ms)`;
  switch (outcome) {
    case 'done':
      return `did: ${action}${took}`;
    case 'failed':
      return `failed: ${action}${took}: ${error ?? 'no reason given'}`;
    case 'running':
      return `does now: ${action}`;
    case 'skipped':
      return `left out: ${action}`;
  }
}

function waitLine({ container, reason, message, until }: WaitReport, nowMs: number): string {
  const untilMs = Date.parse(until ?? '');
  const left = untilMs <= nowMs ? 'now' : `in ${humanAge(Math.ceil((untilMs - nowMs) / 1000) * 1000)}`;
  const time = Number.isNaN(untilMs) ? '' : ` until ${until} (${left})`;
  return `${container === undefined ? '' : `${container}: `}${reason}${time}${message === '' ? '' : `: ${message}`}`;
}

function fold(line: string, width: number | undefined): string {
  const indent = /^ +/.exec(line)?.[0] ?? '';
  return width === undefined ? line : indent + wrapHanging(line.slice(indent.length), width, `${indent}  `);
}
