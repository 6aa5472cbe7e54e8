import type { Flag, FlagReader } from './flag.ts';
import type { Program } from './program.ts';

/** What a command is called with. */
export interface CommandCall {
  readonly flags: FlagReader;
  /** What is neither a flag nor the command's own name. */
  readonly operands: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly program: Program;
}

/** One command: parse, call, print. It joins the program by a line in commands.ts. */
export interface Command {
  /** The word that chooses it; the daemon, which runs without a word, has none. */
  readonly name: string | undefined;
  /** Operands as help shows them: `FILE...`; a command without them refuses any. */
  readonly operands?: string;
  /** One line, lower case. */
  readonly summary: string;
  /** Paragraphs for its own help. */
  readonly details?: readonly string[];
  readonly flags: readonly Flag<unknown>[];
  /** Resolves to the exit code. Throws USAGE for what the caller did wrong. */
  run(call: CommandCall): Promise<number>;
}
