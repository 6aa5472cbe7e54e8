import { type Flag, switchFlag } from './flag.ts';

/** Flags of the commands that stand between a container and a terminal, under kubectl's names. */

export const containerFlag: Flag<string> = {
  name: 'container',
  short: 'c',
  takes: 'value',
  occasional: true,
  placeholder: 'NAME',
  help: 'which container of the pod; needed where it has several and none as its default',
  parse: (text) => text,
};

export const stdinFlag = switchFlag('stdin', 'pass standard input on, and its end', {
  short: 'i',
  occasional: true,
});

export const ttyFlag = switchFlag('tty', 'give it a terminal, as wide and high as this one', {
  short: 't',
  occasional: true,
});
