import { hasCode, messageOf, TinyletError, textAt } from '../base/index.ts';
import { accepted, answerText, type NodeClient } from '../client/index.ts';
import { escapeControl } from './escape-control.ts';
import { failureLine } from './failure-line.ts';
import { followPods, restingPods } from './follow-pods.ts';
import type { Program } from './program.ts';

const AT_BODY = /^body:\d+:\d+: /;

export interface FilesRun {
  /** `-` for stdin. */
  readonly files: readonly string[];
  /** How long the containers of one file may take to run. */
  readonly timeoutMs: number;
}

/**
 * Starts the pods of files, all at once, and prints the containers' ids once they run: behind the name of their file, or alone where that is
 * stdin. What fails is told, and keeps no other from running. Resolves to the exit code.
 */
export async function runFiles(
  program: Program,
  client: NodeClient,
  { files, timeoutMs }: FilesRun,
): Promise<number> {
  const { socketPath: apiSocket } = client;
  const wanted = await restingPods(program, apiSocket);
  const starts = [...new Set(files)].map(async (file) => ({
    file,
    outcome: await startFile(program, client, { file, timeoutMs }).catch((error: unknown) => ({ error })),
  }));
  let exitCode = 0;
  for (const each of starts) {
    const stop = followPods(program, { apiSocket, wanted });
    const { file, outcome } = await each;
    stop();
    if ('error' in outcome) {
      exitCode = 1;
      program.err(`${failureText(outcome.error, file)}\n`);
    } else
      for (const id of outcome.ids)
        program.out(`${file === '-' ? '' : `${escapeControl(file)}: `}${escapeControl(id)}\n`);
  }
  return exitCode;
}

async function startFile(
  program: Program,
  client: NodeClient,
  { file, timeoutMs }: { readonly file: string; readonly timeoutMs: number },
): Promise<{ readonly ids: readonly string[] }> {
  const body = await program.readText(file);
  const answer = await client.send({
    ...{ method: 'POST', path: `/pods?timeout=${timeoutMs}ms`, body },
    contentType: 'application/yaml',
    patient: true,
  });
  return { ids: idsIn(await answerText(await accepted(answer))) };
}

function idsIn(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map((each) => textAt(each, 'Id'));
  } catch (cause) {
    throw new TinyletError('DAEMON_UNREACHABLE', `its answer cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new TinyletError('DAEMON_UNREACHABLE', 'what answers is no tinylet of this version');
}

/** A refused manifest has a line for each of its errors, each at its place in the file as `validate` has them: the daemon says `body`. */
function failureText(error: unknown, file: string): string {
  const lines = messageOf(error).split('\n');
  if (!hasCode(error, 'API_REFUSED') || !lines.every((each) => AT_BODY.test(each)))
    return failureLine(error, isUnread(error) ? '' : nameOf(file));
  return lines.map((each) => escapeControl(each.replace('body', () => nameOf(file)))).join('\n');
}

/** That says which file it is about. */
function isUnread(error: unknown): boolean {
  return error instanceof TinyletError && error.code === 'USAGE';
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}
