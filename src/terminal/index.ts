/**
 * terminal: where a command line runs: its terminal or what stands in its place, files it is given, other programs in its place.
 * Invariant: a terminal is left as it was found.
 */
export { processTerminal } from './process-terminal.ts';
export { readText } from './read-text.ts';
export { runOther } from './run-other.ts';
export type { Terminal } from './terminal.ts';
