import { escapeControl } from './escape-control.ts';
import type { Program } from './program.ts';

/** One line about what goes on, for who looks at a terminal; nothing of it is left when it is done. */
export interface Progress {
  /** Shows this text in the place of the one before; `kept` behind it, however little of the text the terminal has room for. */
  note(text: string, kept?: string): void;
  /** Takes the line away: before anything else is written to the terminal, and at the end. A later note shows it again. */
  done(): void;
}

/** Where stdout is a pipe, nobody knows how wide the terminal behind stderr is. */
const USUAL_COLUMNS = 80;

/** In a terminal that is narrower than was said, a line that breaks could not be taken away. */
const NO_BREAKS = '\u001b[?7l';
const BREAKS = '\u001b[?7h';
const CLEARED = '\r\u001b[K';

/** Writes to stderr, and only where that is a terminal: what a pipe or a log gets is the outcome alone. */
export function createProgress(program: Pick<Program, 'terminal' | 'err'>): Progress {
  const { terminal } = program;
  if (!terminal.stderrIsTerminal) return { note: () => undefined, done: () => undefined };
  let shown = '';
  return {
    note(text, kept = '') {
      const tail = kept === '' ? '' : ` ${kept}`;
      const columns = (terminal.size()?.columns ?? USUAL_COLUMNS) - 1 - tail.length;
      const line = cut(escapeControl(text), columns) + tail;
      if (line === shown) return;
      shown = line;
      program.err(`${CLEARED}${NO_BREAKS}${line}${BREAKS}`);
    },
    done() {
      if (shown === '') return;
      shown = '';
      program.err(CLEARED);
    },
  };
}

/** At most that many characters; what is cut off is marked. */
function cut(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(columns - 1, 0)).join('')}…`;
}
