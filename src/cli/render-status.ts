import { basename } from 'node:path';
import type { ManifestMessage } from '../manifest/index.ts';
import { humanAge, type NodeReport, type PodReport, type WaitReport } from '../status/index.ts';
import { escapeControl } from './escape-control.ts';
import { renderTable } from './table.ts';
import { wrapHanging } from './wrap.ts';

export interface RenderOptions {
  /** Long messages are wrapped to it; without it each stays on its line, which suits a pipe. */
  readonly width?: number | undefined;
  readonly color?: boolean;
}

const COLUMNS = ['NAMESPACE', 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP', 'FILE'];

const RED = '\u001b[31m';
const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';

/** What belongs together on the screen; the title alone is in bold, or red where somebody should act. */
interface Section {
  readonly title: string;
  readonly alarming?: boolean;
  readonly lines: readonly string[];
}

/** What `tinylet status` prints: what is wrong with the node, the pods, then one section for each kind of trouble. */
export function renderStatus(report: NodeReport, nowMs: number, options: RenderOptions = {}): string {
  const sections: readonly Section[] = [
    ...nodeTrouble(report),
    podTable(report, nowMs, options.width),
    ...listed(
      'Waiting:',
      report.pods.flatMap((pod) => pod.waiting.map((wait) => waitLine(pod, wait, nowMs))),
    ),
    ...listed('Ended until their specs are edited:', report.pods.flatMap(endedLine)),
    ...listed(
      'Refused files:',
      report.refused.flatMap(({ file, errors }) => refusedLines(file, errors)),
      true,
    ),
    ...listed(
      'Unreadable directories and URLs (their pods stay as they are):',
      report.directories.flatMap(directoryLine),
      true,
    ),
    ...listed(
      'Pods of other tinylets on this runtime (--adopt takes them over):',
      report.foreign.map((pod) => `  ${pod.namespace}/${pod.name}, owner ${pod.owner}`),
    ),
    ...listed(
      'Warnings:',
      report.warnings.map((warning) => `  ${warning}`),
    ),
  ];
  return `${sections.map((section) => renderSection(section, options)).join('\n\n')}\n`;
}

function renderSection({ title, alarming, lines }: Section, { width, color }: RenderOptions): string {
  const safe = escapeControl(title);
  const heading = color === true ? `${alarming === true ? RED : BOLD}${safe}${PLAIN}` : safe;
  return [heading, ...lines.map((line) => fold(escapeControl(line), width))].join('\n');
}

function nodeTrouble({ runtime, passes }: NodeReport): readonly Section[] {
  const name = [runtime.name, runtime.version].filter((part) => part !== undefined).join(' ');
  const subject = name === '' ? '' : ` (${name})`;
  const trouble = `Runtime not ready${subject}: ${runtime.message ?? 'no reason given'}`;
  return [
    ...(runtime.ready ? [] : [{ title: trouble, alarming: true, lines: [] }]),
    ...(passes > 0
      ? []
      : [{ title: 'The first pass has not ended: what follows is incomplete.', lines: [] }]),
  ];
}

function podTable({ pods }: NodeReport, nowMs: number, width: number | undefined): Section {
  if (pods.length === 0) return { title: 'No pods.', lines: [] };
  const ordered = [...pods].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
  const table = (fileOf: (pod: PodReport) => string): readonly string[] =>
    renderTable([COLUMNS, ...ordered.map((pod) => [...podRow(pod, nowMs), fileOf(pod)].map(escapeControl))]);
  const whole = table(wholeFile);
  const fits = width === undefined || whole.every((line) => line.length <= width);
  const [title = '', ...lines] = fits ? whole : table(shortFile);
  return { title, lines };
}

function wholeFile({ file, stale }: PodReport): string {
  return stale ? `${file} (broken: the last good version is kept)` : file;
}

/** For a terminal that is too narrow: most files stand in one directory, and `-o json` has it. */
function shortFile({ file, stale }: PodReport): string {
  return `${file.includes('/') ? '…/' : ''}${basename(file)}${stale ? ' (broken)' : ''}`;
}

function podRow(pod: PodReport, nowMs: number): readonly string[] {
  return [
    pod.namespace,
    pod.name,
    pod.words.ready,
    pod.words.status,
    restartsWord(pod, nowMs),
    ageWord(pod, nowMs),
    pod.podIPs[0] ?? (pod.hostNetwork ? '<host>' : '<none>'),
  ];
}

/** `3`, or `3 (2m ago)` where the last one is known. */
function restartsWord({ words: { restarts, lastRestartAt } }: PodReport, nowMs: number): string {
  if (restarts === 0 || lastRestartAt === undefined) return String(restarts);
  return `${restarts} (${humanAge(nowMs - Date.parse(lastRestartAt))} ago)`;
}

function ageWord({ startTime }: PodReport, nowMs: number): string {
  return startTime === undefined ? '<unknown>' : humanAge(nowMs - Date.parse(startTime));
}

function waitLine(pod: PodReport, wait: WaitReport, nowMs: number): string {
  const who = `${pod.namespace}/${pod.name}${wait.container === undefined ? '' : ` ${wait.container}`}`;
  const untilMs = Date.parse(wait.until ?? '');
  const until = Number.isNaN(untilMs) ? '' : ` until ${wait.until} (${untilWord(untilMs - nowMs)})`;
  return `  ${who}: ${wait.reason}${until}${wait.message === '' ? '' : `: ${wait.message}`}${lastExit(pod, wait)}`;
}

/** A container that waits after an exit is best understood by that exit. */
function lastExit({ initContainers = [], containers }: PodReport, wait: WaitReport): string {
  const last = [...initContainers, ...containers].find(({ name }) => name === wait.container)?.lastState;
  if (last === undefined || !('terminated' in last)) return '';
  const { exitCode, reason, message = '' } = last.terminated;
  return `; it exited with ${exitCode} (${reason})${message === '' ? '' : `: ${message}`}`;
}

/** A pod that was ended as a whole: its containers tell only how they went. */
function endedLine({ namespace, name, reason, message = '' }: PodReport): readonly string[] {
  if (reason === undefined) return [];
  const why = message.trim();
  return [`  ${namespace}/${name}: ${reason}${why === '' ? '' : `: ${why}`}`];
}

function untilWord(leftMs: number): string {
  return leftMs <= 0 ? 'now' : `in ${humanAge(Math.ceil(leftMs / 1000) * 1000)}`;
}

function refusedLines(file: string, errors: readonly ManifestMessage[]): readonly string[] {
  return [
    `  ${file}`,
    ...errors.map(({ line, column, path, message }) => {
      return `    ${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
    }),
  ];
}

function directoryLine({ directory, problem }: NodeReport['directories'][number]): readonly string[] {
  return problem === undefined ? [] : [`  ${directory}: ${problem}`];
}

/** A section for a list; none where there is nothing to list. */
function listed(title: string, lines: readonly string[], alarming = false): readonly Section[] {
  return lines.length === 0 ? [] : [{ title, lines, alarming }];
}

/** Indented lines are prose and wrap; the table's lines do not: a broken table is worse than a long line. */
function fold(line: string, width: number | undefined): string {
  const indent = /^ +/.exec(line)?.[0];
  if (width === undefined || indent === undefined) return line;
  return indent + wrapHanging(line.slice(indent.length), width, `${indent}  `);
}

/** By code unit: the order must not depend on the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
