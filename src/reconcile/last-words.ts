import { lastBytes, type PodLogs } from '../logs/index.ts';
import { annotation, type ContainerDetails, type ObservedContainer, type PodUid } from '../pod/index.ts';
import type { PodVolumes } from '../volumes/index.ts';

export interface LastWordsPorts {
  readonly volumes: Pick<PodVolumes, 'terminationMessage'>;
  readonly logs: Pick<PodLogs, 'tail'>;
}

/** The kubelet's limits (kubelet: types.MaxContainerTerminationMessageLogLines, …LogLength). */
const LOG_LIMIT = { lines: 80, bytes: 2048 };
const LONGEST_BYTES = 4096;

/**
 * What a container that has exited left to say (kubelet: getTerminationMessage): the file at its terminationMessagePath; where that is
 * empty, the container failed and its policy is FallbackToLogsOnError, the end of its log. Undefined where it left nothing; what cannot
 * be read counts as nothing.
 */
export async function lastWords(
  uid: PodUid,
  container: ObservedContainer,
  details: ContainerDetails,
  ports: LastWordsPorts,
): Promise<string | undefined> {
  const { name, attempt, annotations } = container;
  if (annotations[annotation.terminationMessagePath] === undefined) return undefined;
  const written = await ports.volumes
    .terminationMessage(uid, { container: name, attempt })
    .catch(() => undefined);
  if (written !== undefined && written !== '') return lastBytes(written, LONGEST_BYTES);
  const isFallback = annotations[annotation.terminationMessagePolicy] === 'FallbackToLogsOnError';
  if (!isFallback || details.exitCode === 0 || details.reason === 'ContainerCannotRun') return undefined;
  const said = await ports.logs.tail(details.logPath, LOG_LIMIT).catch(() => '');
  return said === '' ? undefined : said;
}
