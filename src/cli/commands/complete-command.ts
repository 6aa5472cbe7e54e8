import { sleep } from '../../base/index.ts';
import type { NodeClient } from '../../client/index.ts';
import type { Command, CommandCall } from '../command.ts';
import { type Candidate, type Candidates, candidatesAt } from '../completion/candidates.ts';
import { daemonNames } from '../completion/daemon-names.ts';
import { type Cursor, readCursor } from '../completion/read-cursor.ts';
import { escapeControl } from '../escape-control.ts';
import { FlagReader } from '../flag.ts';
import * as shared from '../flags.ts';

/** Who presses a key waits for what it does. */
const PATIENCE_MS = 1000;
/** Longer explanations are cut: a shell shows each on a line. */
const MAX_HELP_LENGTH = 80;

/**
 * What the scripts of completion ask: one candidate on each line, a tab and its explanation behind it, and `:files` where names of files
 * may stand there. It never fails: a shell has no place for an error. `commands` is asked when the command runs, being a list it is in itself.
 */
export function createCompleteCommand(commands: () => readonly Command[]): Command {
  return {
    name: '__complete',
    operands: '-- WORD...',
    summary: 'print what may stand in the place of the last word',
    hidden: true,
    flags: [],
    async run(call) {
      const cursor = readCursor(call.rest ?? [], commands());
      const { words, files } = await withinPatience(call, cursor, commands());
      call.program.out(words.map(lineOf).join('') + (files ? ':files\n' : ''));
      return 0;
    },
  };
}

async function withinPatience(
  { program, env }: CommandCall,
  cursor: Cursor,
  commands: readonly Command[],
): Promise<Candidates> {
  const nothing: Candidates = { words: [], files: false };
  const over = new AbortController();
  const client = (): NodeClient => program.client(shared.readApiSocket(new FlagReader(cursor.given, env)));
  const found = candidatesAt(cursor, commands, daemonNames(client, over.signal));
  const late = sleep(program.clock, PATIENCE_MS, over.signal).then(() => nothing);
  try {
    return await Promise.race([found.catch(() => nothing), late]);
  } finally {
    over.abort();
  }
}

/** What has to be written otherwise for a terminal is no word to complete. */
function lineOf({ word, help }: Candidate): string {
  if (word === '' || escapeControl(word) !== word) return '';
  if (help === undefined) return `${word}\n`;
  const [short] = escapeControl(help).match(new RegExp(`^.{0,${MAX_HELP_LENGTH}}(?=\\s|$)`)) ?? [''];
  return `${word}\t${short}\n`;
}
