import type { Flag, FlagReader } from './flag.ts';
import type { Program } from './program.ts';

/** What a command is called with. */
export interface CommandCall {
  readonly flags: FlagReader;
  /** What is neither a flag nor the command's own name: first what stands before `--`, then what stands after it. */
  readonly operands: readonly string[];
  /** What stands after `--`, untouched; undefined where there is none. */
  readonly rest: readonly string[] | undefined;
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
  /** Command lines that its help shows, each with what it does behind two spaces and a `#` where that is not plain. */
  readonly examples?: readonly string[];
  /** What its exit codes mean, in one line, where they are more than 0 done, 1 failed and 2 wrong usage. */
  readonly exitCodes?: string;
  /** For programs: no help tells of it. */
  readonly hidden?: boolean;
  readonly flags: readonly Flag<unknown>[];
  /** Every word after its name is an operand, flags and `--` too; its own flags stand before its name. */
  readonly passthrough?: boolean;
  /** Resolves to the exit code. Throws USAGE for what the caller did wrong. */
  run(call: CommandCall): Promise<number>;
}
