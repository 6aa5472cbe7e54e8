import { TinyletError } from '../base/index.ts';
import { followText, type NodeClient } from '../client/index.ts';
import { withContainer } from './default-container.ts';
import { LineWriter } from './line-writer.ts';
import { type LogSource, type LogWish, logPath, logSources, prefixOf } from './log-request.ts';
import type { PodName, Program } from './program.ts';

/** As many at once as kubectl follows (--max-log-requests). */
const MOST_FOLLOWED = 5;

export type LogsAsked = { readonly pod: PodName } | { readonly namespace: string; readonly labels: string };

/**
 * Logs as the containers wrote them, byte for byte: also to a terminal, as kubectl and docker have it. One after the other, or all at
 * once, line by line, where they are followed. Rejects as `followText` does.
 */
export async function showLogs(
  program: Program,
  client: NodeClient,
  { asked, wish }: { readonly asked: LogsAsked; readonly wish: LogWish },
): Promise<void> {
  const sources = await logSources(client, asked, wish);
  const isSelected = !('pod' in asked);
  if (sources.length === 0 && isSelected)
    program.err(`No resources found in ${asked.namespace} namespace.\n`);
  if (wish.follow && sources.length > MOST_FOLLOWED)
    throw new TinyletError(
      'USAGE',
      `there are ${sources.length} logs to follow, and at most ${MOST_FOLLOWED} are followed at once; name a pod or a container`,
    );
  const show = (source: LogSource): Promise<void> =>
    withContainer(program, client, source, (container) => {
      const chosen = { ...source, container };
      return showLog(program, client, {
        path: logPath(chosen, wish, isSelected),
        prefix: wish.prefix ? prefixOf(chosen) : '',
        inLines: wish.prefix || sources.length > 1,
      });
    });
  if (wish.follow) await Promise.all(sources.map(show));
  else for (const source of sources) await show(source);
}

async function showLog(
  program: Program,
  client: NodeClient,
  { path, prefix, inLines }: { readonly path: string; readonly prefix: string; readonly inLines: boolean },
): Promise<void> {
  const write = (bytes: Uint8Array): Promise<void> => program.terminal.write('stdout', bytes);
  if (!inLines) return followText(client, { path }, write);
  const lines = new LineWriter(prefix, write);
  await followText(client, { path }, (bytes) => lines.write(bytes));
  await lines.end();
}
