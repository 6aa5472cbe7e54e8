import { formatMessage } from '../../../src/manifest/index.ts';
import type { ContainerStatus, NodeReport, PodReport } from '../../../src/status/index.ts';
import {
  type ContainerEnd,
  expectationOf,
  type Fixture,
  type PodExpectation,
} from '../../fixtures/fixture.ts';

/** How a fixture stands: as expected, on its way, or where it will never come right. */
export type Verdict =
  | { readonly state: 'met' }
  | { readonly state: 'pending' | 'failed'; readonly why: string };

const MET: Verdict = { state: 'met' };
const pending = (why: string): Verdict => ({ state: 'pending', why });
const failed = (why: string): Verdict => ({ state: 'failed', why });

/** Judges one fixture by what the daemon says of its file and of the pods in it. `podCount` is how many these are. */
export function judge(
  fixture: Fixture,
  { file, podCount }: { readonly file: string; readonly podCount: number },
  report: NodeReport,
): Verdict {
  const { expected } = fixture;
  const refusal = report.refused.find((each) => each.file === file);
  if (expected.state === 'refused') {
    if (refusal !== undefined) return judgeErrors(expected.errors, refusal.errors.map(formatMessage), file);
    return pending('the file is not refused');
  }
  if (refusal !== undefined) return failed(`refused:\n${refusal.errors.map(formatMessage).join('\n')}`);
  const pods = podsOf(report, file);
  if (pods.length < podCount) return pending(`${pods.length} of ${podCount} pods are in the status`);
  const verdicts = [
    ...pods.map((pod) => judgePod(pod, expectationOf(expected.pods, pod.name))),
    ...expected.ends.map((end) => judgeEnd(end, pods)),
  ];
  return (
    verdicts.find(({ state }) => state === 'failed') ??
    verdicts.find(({ state }) => state === 'pending') ??
    MET
  );
}

/** The pods of a file. */
export function podsOf(report: NodeReport, file: string): readonly PodReport[] {
  return report.pods.filter((pod) => pod.file === file);
}

function judgeErrors(expected: readonly string[], lines: readonly string[], file: string): Verdict {
  const told = lines.map((line) => line.slice(file.length + 1));
  const asExpected =
    told.length === expected.length && told.every((line, index) => line.startsWith(expected[index] ?? '\n'));
  return asExpected ? MET : failed(`refused with\n${told.join('\n')}\nand not with\n${expected.join('\n')}`);
}

function judgePod(pod: PodReport, expectation: PodExpectation): Verdict {
  if ('waiting' in expectation) return judgeWait(pod, expectation);
  const told = `${pod.name} is ${pod.phase}${pod.reason === undefined ? '' : `/${pod.reason}: ${pod.message}`}`;
  const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed';
  if (pod.phase !== expectation.phase) {
    return isOver ? failed(told) : pending(`${told}; ${describe(pod)}`);
  }
  if (expectation.phase === 'Running') {
    const ran = pod.containers.every(({ state }) => 'running' in state);
    return ran ? MET : pending(`${told}; ${describe(pod)}`);
  }
  if (expectation.phase !== 'Failed') return MET;
  const hasReason = pod.reason === expectation.reason && (pod.message ?? '').includes(expectation.text ?? '');
  return hasReason ? MET : failed(told);
}

function judgeWait(pod: PodReport, { waiting, text }: { waiting: string; text: string }): Verdict {
  const waits = pod.waiting.some(({ reason, message }) => reason === waiting && message.includes(text));
  const hasBegun = pod.containers.some(({ state }) => !('waiting' in state));
  if (hasBegun) return failed(`${pod.name} does not wait; ${describe(pod)}`);
  return waits ? MET : pending(`${pod.name} waits otherwise; ${describe(pod)}`);
}

function judgeEnd(end: ContainerEnd, pods: readonly PodReport[]): Verdict {
  const all = pods.flatMap(({ phase, initContainers = [], containers }) =>
    [...initContainers, ...containers].map((container) => ({ ...container, phase })),
  );
  const found = all.find(({ name }) => name === end.container);
  if (found === undefined || !('terminated' in found.state)) return pending(`${end.container} has not ended`);
  const { exitCode, reason, message = '' } = found.state.terminated;
  const isSo =
    exitCode === end.exitCode &&
    reason === end.reason &&
    (end.message === undefined || message.trim() === end.message);
  const told = `${end.container} ended with ${exitCode} ${reason}: ${message}`;
  // As long as the pod is not over it may begin anew.
  const isOver = found.phase === 'Succeeded' || found.phase === 'Failed';
  return isSo ? MET : isOver ? failed(told) : pending(told);
}

/** What its containers do and what it waits for, in one line. */
function describe({ initContainers = [], containers, waiting }: PodReport): string {
  const waits = waiting.map(({ reason, message }) => `waits: ${reason}: ${message}`);
  return [...[...initContainers, ...containers].map(stateOf), ...waits].join('; ');
}

function stateOf({ name, state }: ContainerStatus): string {
  return `${name}: ${JSON.stringify(state)}`;
}
