import type { ManifestMessage, ManifestSnapshot } from '../manifest/index.ts';
import { label, type ObservedSandbox } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import { type NodeReport, type PodReport, podReport, timestamp } from '../status/index.ts';
import type { Target } from '../targets/index.ts';
import { reportWait } from './pass-history.ts';
import { statusBeforeFirstPass } from './pass-status.ts';
import { keyOf, type LastPass } from './pod-worker.ts';

export interface ReportFacts {
  readonly nodeName: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly passes: number;
  readonly runtimeProblem: string | undefined;
  readonly manifests: ManifestSnapshot;
  readonly refused: readonly ManifestMessage[];
  readonly foreign: readonly ObservedSandbox[];
}

export interface ReportedPod {
  readonly target: Target;
  readonly record: PodRecord | undefined;
  readonly last?: LastPass;
}

/** The whole node as one value. Pure. */
export function nodeReport(facts: ReportFacts, pods: readonly ReportedPod[]): NodeReport {
  return {
    nodeName: facts.nodeName,
    version: facts.version,
    startedAt: timestamp(facts.startedAtMs),
    passes: facts.passes,
    runtime:
      facts.runtimeProblem === undefined
        ? { ready: facts.passes > 0 }
        : { ready: false, message: facts.runtimeProblem },
    directories: facts.manifests.directories.map((directory) =>
      directory.state === 'read'
        ? {
            directory: directory.directory,
            ...(directory.problem !== undefined && { problem: directory.problem }),
          }
        : { directory: directory.directory, problem: directory.reason },
    ),
    pods: pods
      .map((pod) => reportPod(pod, facts.startedAtMs))
      .sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name)),
    refused: refusedFiles(facts),
    foreign: foreignPods(facts.foreign),
    warnings: facts.manifests.directories.flatMap((directory) =>
      directory.state === 'read' ? directory.warnings : [],
    ),
  };
}

/** One line for each pod, however many sandboxes it has had. */
function foreignPods(sandboxes: readonly ObservedSandbox[]): NodeReport['foreign'] {
  const pods = sandboxes.map(
    ({ uid, namespace, name, labels }) =>
      [uid, { namespace, name, owner: labels[label.owner] ?? '' }] as const,
  );
  return [...new Map(pods).values()].sort(
    (a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name),
  );
}

function reportPod({ target, record, last }: ReportedPod, startedAtMs: number): PodReport {
  const [namespace = '', name = ''] = keyOf(target).split('/');
  const told = last?.told ?? statusBeforeFirstPass(target, record, record?.createdAtMs ?? startedAtMs);
  return podReport({
    uid: target.uid,
    namespace,
    name,
    file: target.file,
    told,
    waiting: (last?.plan.waits ?? []).map(reportWait),
    terminating: target.kind === 'remove',
    stale: target.kind === 'run' && target.stale,
  });
}

function refusedFiles({ manifests, refused }: ReportFacts): NodeReport['refused'] {
  const files = new Map<string, ManifestMessage[]>();
  for (const directory of manifests.directories) {
    if (directory.state !== 'read') continue;
    for (const file of directory.files) if (file.state === 'refused') files.set(file.file, [...file.errors]);
    if (directory.refused !== undefined) files.set(directory.refused.file, [...directory.refused.errors]);
  }
  for (const message of refused) files.set(message.file, [...(files.get(message.file) ?? []), message]);
  return [...files].map(([file, errors]) => ({ file, errors }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
