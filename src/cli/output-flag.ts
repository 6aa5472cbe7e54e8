import type { Flag } from './flag.ts';
import { parseChoice } from './values.ts';

/** For people, or for programs. */
export const outputFlag: Flag<'table' | 'json'> = {
  name: 'output',
  short: 'o',
  takes: 'value',
  occasional: true,
  placeholder: 'FORMAT',
  help: 'table or json',
  fallback: 'table',
  choices: ['table', 'json'],
  parse: parseChoice(['table', 'json']),
};
