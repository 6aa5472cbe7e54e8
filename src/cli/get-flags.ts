import type { Flag } from './flag.ts';
import { parseChoice, parseSwitch } from './values.ts';

export type ObjectFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';

const FORMATS: readonly ObjectFormat[] = ['table', 'wide', 'json', 'yaml', 'name'];

const output: Flag<ObjectFormat> = {
  name: 'output',
  short: 'o',
  takes: 'value',
  placeholder: 'FORMAT',
  help: 'table, wide, json, yaml or name; what else kubectl has: tinylet kubectl get',
  fallback: 'table',
  choices: FORMATS,
  parse: parseChoice(FORMATS),
};

const noHeaders: Flag<boolean> = {
  name: 'no-headers',
  takes: 'nothing',
  help: 'a table without its titles',
  parse: parseSwitch,
};

const showLabels: Flag<boolean> = {
  name: 'show-labels',
  takes: 'nothing',
  help: 'a last column with labels',
  parse: parseSwitch,
};

/** Flags of `tinylet get` alone. */
export const getFlags = { output, noHeaders, showLabels };
