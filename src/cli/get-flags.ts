import { type Flag, switchFlag } from './flag.ts';
import { parseChoice } from './values.ts';

export type ObjectFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';

const FORMATS: readonly ObjectFormat[] = ['table', 'wide', 'json', 'yaml', 'name'];

const output: Flag<ObjectFormat> = {
  name: 'output',
  short: 'o',
  takes: 'value',
  occasional: true,
  placeholder: 'FORMAT',
  help: 'table, wide, json, yaml or name; what else kubectl has: tinylet kubectl get',
  fallback: 'table',
  choices: FORMATS,
  parse: parseChoice(FORMATS),
};

const noHeaders = switchFlag('no-headers', 'a table without its titles', { occasional: true });

const showLabels = switchFlag('show-labels', 'a last column with labels', { occasional: true });

/** Flags of `tinylet get` alone. */
export const getFlags = { output, noHeaders, showLabels };
