/**
 * cli: command lines in, calls on the Program port and text on its stdout and stderr out. One file per command; flags
 * with their environment twins are read in one place. Invariants: it opens no file and no socket itself, every wrong
 * usage is exit code 2 with one clear line, and nothing that comes from data reaches the terminal unescaped.
 */
export { escapeControl } from './escape-control.ts';
export type { PodName, Program } from './program.ts';
export { renderStatus } from './render-status.ts';
export { runCli } from './run-cli.ts';
