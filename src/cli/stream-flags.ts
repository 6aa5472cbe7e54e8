import type { Flag } from './flag.ts';
import { parseSwitch } from './values.ts';

/** Flags of the commands that stand between a container and a terminal, under kubectl's names. */

export const containerFlag: Flag<string> = {
  name: 'container',
  short: 'c',
  takes: 'value',
  placeholder: 'NAME',
  help: 'which container of the pod; needed where it has several and none as its default',
  parse: (text) => text,
};

export const stdinFlag: Flag<boolean> = {
  name: 'stdin',
  short: 'i',
  takes: 'nothing',
  help: 'pass standard input on, and its end',
  parse: parseSwitch,
};

export const ttyFlag: Flag<boolean> = {
  name: 'tty',
  short: 't',
  takes: 'nothing',
  help: 'give it a terminal, as wide and high as this one',
  parse: parseSwitch,
};
